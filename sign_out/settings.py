"""The sign-out endpoint's settings: read once from the environment, frozen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from environment import EnvironmentReader
from environment.reader import LOOPBACK_HOSTS
from issuers.profile import VARIABLE, OidcIssuer, read_oidc_issuers
from jose.key_settings import KeySettings, read_key_settings
from ledger.rows import cognito_issuers
from transport.aws_answers import service_endpoint

#: RFC 6265, section 4.1.1: a cookie's name is a token (RFC 9110, section 5.6.2).
_COOKIE_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}")
_COOKIE_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class LinkedSessions(StrEnum):
    """What Cognito's native session management is to do with sessions of the same sign-in."""

    KEEP = "keep"
    """The default: they are left alone. Pools without native sessions know nothing else."""
    REVOKE = "revoke"
    """The managed-login cookie's own session ends too: it signs nobody in again.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RevokeToken.html
    """


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the endpoint can be told. Times carry their unit in the name."""

    deployment: str
    user_pool_id: str
    client_ids: frozenset[str]
    confidential_client_ids: frozenset[str]
    ledger_table: str
    logout_endpoint: str | None
    return_addresses: tuple[str, ...]
    allowed_origins: frozenset[str]
    access_token_cookie: str
    refresh_token_cookie: str
    cleared_cookies: tuple[str, ...]
    cookie_domain: str
    linked_sessions: LinkedSessions
    unverified_per_minute: int
    token_max_bytes: int
    leeway_seconds: int
    keys: KeySettings
    providers: tuple[OidcIssuer, ...]
    """OpenID providers beside the user pool, whose sessions end here too."""
    timeout_ms: int
    budget_ms: int
    local_endpoint: str | None

    @property
    def region(self) -> str:
        """The user pool's."""
        return self.user_pool_id.partition("_")[0]

    @property
    def issuers(self) -> frozenset[str]:
        """Both forms in which the user pool names itself."""
        return frozenset(cognito_issuers(self.user_pool_id))

    @property
    def key_set_url(self) -> str:
        """Where the pool publishes its keys; the same for both forms of issuer."""
        endpoint = self.local_endpoint or service_endpoint("cognito-idp", self.region)
        return f"{endpoint}/{self.user_pool_id}/.well-known/jwks.json"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check every variable.

        Raises:
            environment.SettingsError: with every problem, each by its variable's name.
        """
        read = EnvironmentReader(environ)
        user_pool_id = read.user_pool_id("USER_POOL_ID")
        client_ids = read.names("CLIENT_IDS")
        if not client_ids:
            read.problem("CLIENT_IDS", "must name at least one app client")
        confidential = read.names("CONFIDENTIAL_CLIENT_IDS")
        if not confidential <= client_ids:
            read.problem("CONFIDENTIAL_CLIENT_IDS", "must be among CLIENT_IDS")
        ledger_table = read.text("LEDGER_TABLE")
        if not ledger_table:
            # An access token alone names a session that Cognito can't end and the ledger can.
            read.problem("LEDGER_TABLE", "must name the ledger's table")
        logout_endpoint = read.https_url("LOGOUT_ENDPOINT")
        return_addresses = _addresses(read)
        if logout_endpoint is not None and not return_addresses:
            read.problem("RETURN_ADDRESSES", "must name at least one with LOGOUT_ENDPOINT")
        local_endpoint = read.loopback_url("LOCAL_ENDPOINT")
        providers = _providers(read, allows_loopback=local_endpoint is not None)
        if not return_addresses and any(provider.logout_url for provider in providers):
            read.problem("RETURN_ADDRESSES", "must name at least one with a provider's logoutUrl")
        access_cookie = _cookie_name(read, "ACCESS_TOKEN_COOKIE")
        refresh_cookie = _cookie_name(read, "REFRESH_TOKEN_COOKIE")
        origins = _origins(read)
        cleared_cookies = _cookie_names(read)
        if (access_cookie or refresh_cookie or cleared_cookies) and not origins:
            # Without it any site could sign its visitors out.
            read.problem(
                "ALLOWED_ORIGINS", "must name the app's origins where cookies are read or cleared"
            )
        settings = cls(
            deployment=read.label("DEPLOYMENT_NAME", default="default"),
            user_pool_id=user_pool_id,
            client_ids=client_ids,
            confidential_client_ids=confidential,
            ledger_table=ledger_table,
            logout_endpoint=logout_endpoint,
            return_addresses=return_addresses,
            allowed_origins=origins,
            access_token_cookie=access_cookie,
            refresh_token_cookie=refresh_cookie,
            cleared_cookies=cleared_cookies,
            cookie_domain=_cookie_domain(read),
            linked_sessions=read.choice(
                "LINKED_SESSIONS", LinkedSessions, default=LinkedSessions.KEEP
            ),
            # RevokeToken draws on a quota of 120 a second for the whole account, and a refresh
            # token can't be verified before it is sent: what strangers send is rationed.
            unverified_per_minute=read.integer(
                "UNVERIFIED_PER_MINUTE", default=60, minimum=1, maximum=6000
            ),
            token_max_bytes=read.integer(
                "TOKEN_MAX_BYTES", default=8192, minimum=512, maximum=10240
            ),
            leeway_seconds=read.integer("LEEWAY_SECONDS", default=5, minimum=0, maximum=60),
            keys=read_key_settings(read),
            providers=providers,
            timeout_ms=read.integer("TIMEOUT_MS", default=2000, minimum=100, maximum=10_000),
            budget_ms=read.integer("BUDGET_MS", default=8000, minimum=500, maximum=28_000),
            local_endpoint=local_endpoint,
        )
        read.finish()
        return settings


def _providers(read: EnvironmentReader, *, allows_loopback: bool) -> tuple[OidcIssuer, ...]:
    providers = read_oidc_issuers(read, allows_loopback=allows_loopback)
    if not all(provider.client_ids for provider in providers):
        # Any client's token would do, and any client's name would be put into an address.
        read.problem(VARIABLE, "needs clientIds of each issuer for signing out")
    return providers


def _addresses(read: EnvironmentReader) -> tuple[str, ...]:
    """In the order given: the first is where a caller goes who asks for no other."""
    addresses = tuple(part.strip() for part in read.text("RETURN_ADDRESSES").split(",") if part)
    if not all(_is_web_address(address) for address in addresses):
        read.problem("RETURN_ADDRESSES", "each must be an https:// address (http:// on localhost)")
    return addresses


def _origins(read: EnvironmentReader) -> frozenset[str]:
    origins = read.names("ALLOWED_ORIGINS")
    if not all(_is_web_address(origin) and origin.count("/") == 2 for origin in origins):
        read.problem("ALLOWED_ORIGINS", "each must be https://host[:port] and nothing after it")
    return origins


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_secure = parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS
    )
    return (
        is_secure
        and bool(parts.hostname)
        and parts.username is None
        and not parts.fragment
        and text.isascii()
        and text.isprintable()
        and not set(text) & set(' "\\<>')
    )


def _cookie_name(read: EnvironmentReader, variable: str) -> str:
    name = read.text(variable)
    if name and _COOKIE_NAME.fullmatch(name) is None:
        read.problem(variable, "must be a cookie's name")
    return name


def _cookie_names(read: EnvironmentReader) -> tuple[str, ...]:
    names = tuple(sorted(read.names("CLEARED_COOKIES")))
    if not all(_COOKIE_NAME.fullmatch(name) for name in names):
        read.problem("CLEARED_COOKIES", "must be cookies' names")
    return names


def _cookie_domain(read: EnvironmentReader) -> str:
    domain = read.text("COOKIE_DOMAIN")
    if domain and _COOKIE_DOMAIN.fullmatch(domain) is None:
        read.problem("COOKIE_DOMAIN", "must be a host's name")
    return domain
