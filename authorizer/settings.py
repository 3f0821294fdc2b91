"""The authorizer's settings: read once from the environment, frozen, safe by default.

``README.md`` shows them in one table; :meth:`Settings.from_env` is the only reader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from authorizer.choices import (
    DisplacedAnswer,
    Enforcement,
    HttpApiResponse,
    OutageRule,
    TokenPlace,
    TokenUse,
    UncheckedSessionRule,
)
from authorizer.ledger_settings import LedgerSettings, read_ledger_settings
from authorizer.policy import RouteRules
from authorizer.route_rules import RouteRulesError, read_route_rules
from authorizer.token_source import TokenSource, read_token_source
from environment import EnvironmentReader
from jose.key_settings import KeySettings, read_key_settings

if TYPE_CHECKING:
    from issuers.profile import OidcIssuer

#: Both forms in which a user pool names itself as issuer; API Gateway's own Cognito
#: authorizer knows only the first.
#: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
_COGNITO_ISSUER = re.compile(
    r"https://(?:issuer-)?cognito-idp\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)"
    r"\.(?P<domain>amazonaws\.com(?:\.cn)?)/(?P<pool>(?P=region)_[0-9A-Za-z]{1,55})"
)


class Settings(NamedTuple):
    """Everything the authorizer can be told. Times carry their unit in the name."""

    deployment_name: str
    issuers: tuple[str, ...]
    providers: tuple[OidcIssuer, ...]
    region: str
    endpoint_domain: str
    client_ids: frozenset[str]
    machine_client_ids: frozenset[str]
    audiences: frozenset[str]
    token_uses: frozenset[TokenUse]
    token_source: TokenSource
    token_max_bytes: int
    token_memory_max_entries: int
    leeway_seconds: int
    gateway_ttl_seconds: int
    verdict_ttl_seconds: int
    verdict_max_entries: int
    outage_rule: OutageRule
    stale_grace_seconds: int
    unchecked_session_rule: UncheckedSessionRule
    enforcement: Enforcement
    displaced_answer: DisplacedAnswer
    route_rules: RouteRules
    http_api_response: HttpApiResponse
    userinfo_url: str | None
    keys: KeySettings
    ledger: LedgerSettings | None
    connect_timeout_ms: int
    read_timeout_ms: int
    decision_budget_ms: int
    local_endpoint: str | None

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check every variable.

        Raises:
            environment.SettingsError: with every problem, each by its variable's name.
        """
        read = EnvironmentReader(environ)
        issuers, region, domain = _issuers(read)
        client_ids = read.names("CLIENT_IDS")
        machine_client_ids = read.names("MACHINE_CLIENT_IDS")
        if not client_ids and not machine_client_ids:
            read.problem(
                "CLIENT_IDS", "must name at least one app client (or MACHINE_CLIENT_IDS must)"
            )
        local_endpoint = read.loopback_url("LOCAL_ENDPOINT")
        ledger = read_ledger_settings(read)
        settings = cls(
            # A dimension of all metrics, so that several deployments of one account are told apart.
            deployment_name=read.label("DEPLOYMENT_NAME", default="default"),
            issuers=issuers,
            providers=_providers(
                read,
                issuers,
                has_ledger=ledger is not None,
                allows_loopback=local_endpoint is not None,
            ),
            region=region,
            endpoint_domain=domain,
            client_ids=client_ids,
            machine_client_ids=machine_client_ids,
            # Access tokens carry an audience only if they were bound to a resource (RFC 8707); one
            # that is bound to another resource is not for this API.
            audiences=read.names("AUDIENCES"),
            token_uses=_token_uses(read),
            token_source=read_token_source(read),
            # REST APIs take at most 10,240 bytes of headers in all.
            token_max_bytes=read.integer(
                "TOKEN_MAX_BYTES", default=8192, minimum=512, maximum=10240
            ),
            # Some 2 KB each; a token that is not among them costs a verification more.
            token_memory_max_entries=read.integer(
                "TOKEN_MEMORY_MAX_ENTRIES", default=2000, minimum=0, maximum=100_000
            ),
            leeway_seconds=read.integer("LEEWAY_SECONDS", default=5, minimum=0, maximum=60),
            # What API Gateway was told to cache answers for: they then carry their own end.
            gateway_ttl_seconds=read.integer(
                "GATEWAY_TTL_SECONDS", default=0, minimum=0, maximum=3600
            ),
            # A page fires some fifteen calls at once, and Cognito answers ten a second for one
            # user: without any cache such a page is refused by the quota.
            verdict_ttl_seconds=read.integer(
                "VERDICT_TTL_SECONDS", default=15, minimum=0, maximum=3600
            ),
            verdict_max_entries=read.integer(
                "VERDICT_MAX_ENTRIES", default=10_000, minimum=1, maximum=1_000_000
            ),
            outage_rule=read.choice("OUTAGE_RULE", OutageRule, default=OutageRule.REFUSE),
            stale_grace_seconds=read.integer(
                "STALE_GRACE_SECONDS", default=0, minimum=0, maximum=3600
            ),
            unchecked_session_rule=read.choice(
                "UNCHECKED_SESSION_RULE",
                UncheckedSessionRule,
                default=UncheckedSessionRule.REFUSE,
            ),
            enforcement=read.choice("ENFORCEMENT", Enforcement, default=Enforcement.ENFORCE),
            displaced_answer=read.choice(
                "DISPLACED_ANSWER", DisplacedAnswer, default=DisplacedAnswer.UNAUTHORIZED
            ),
            route_rules=_route_rules(read),
            http_api_response=read.choice(
                "HTTP_API_RESPONSE", HttpApiResponse, default=HttpApiResponse.IAM
            ),
            userinfo_url=read.https_url("USERINFO_URL"),
            keys=read_key_settings(read),
            ledger=ledger,
            connect_timeout_ms=read.integer(
                "CONNECT_TIMEOUT_MS", default=500, minimum=50, maximum=2000
            ),
            read_timeout_ms=read.integer("READ_TIMEOUT_MS", default=1000, minimum=50, maximum=2500),
            # 3 s is what this authorizer promises; API Gateway itself gives up after 10.
            decision_budget_ms=read.integer(
                "DECISION_BUDGET_MS", default=2500, minimum=100, maximum=2900
            ),
            local_endpoint=local_endpoint,
        )
        if (settings.outage_rule is OutageRule.STALE) != (settings.stale_grace_seconds > 0):
            read.problem(
                "STALE_GRACE_SECONDS", "must be above 0 with OUTAGE_RULE=stale, and 0 otherwise"
            )
        read.finish()
        return settings

    @property
    def unsafe_choices(self) -> tuple[str, ...]:
        """Names of the settings that were deliberately set to something unsafe."""
        chosen = {
            "OUTAGE_RULE=stale": self.outage_rule is OutageRule.STALE,
            "OUTAGE_RULE=allow": self.outage_rule is OutageRule.ALLOW,
            "UNCHECKED_SESSION_RULE=allow": (
                self.unchecked_session_rule is UncheckedSessionRule.ALLOW
            ),
            "ENFORCEMENT=shadow": self.enforcement is Enforcement.SHADOW,
            "MACHINE_CLIENT_IDS": bool(self.machine_client_ids),
            "TOKEN_USES=id": TokenUse.ID in self.token_uses,
            "HTTP_API_RESPONSE=simple with GATEWAY_TTL_SECONDS": (
                # A simple response cannot carry its own end, as a policy can.
                self.http_api_response is HttpApiResponse.SIMPLE and self.gateway_ttl_seconds > 0
            ),
            "TOKEN_SOURCE=query": self.token_source.place is TokenPlace.QUERY,
            "LOCAL_ENDPOINT": self.local_endpoint is not None,
        }
        return tuple(name for name, is_chosen in chosen.items() if is_chosen)


def _issuers(read: EnvironmentReader) -> tuple[tuple[str, ...], str, str]:
    issuers = tuple(sorted(read.names("ISSUERS")))
    if not issuers:
        read.problem("ISSUERS", "must name the user pool's issuer")
    matches = [_COGNITO_ISSUER.fullmatch(issuer) for issuer in issuers]
    if not all(matches):
        read.problem(
            "ISSUERS",
            "each must be https://cognito-idp.<region>.amazonaws.com/<pool id>"
            " or https://issuer-cognito-idp.<region>.amazonaws.com/<pool id>",
        )
    pools = {(m["region"], m["domain"], m["pool"]) for m in matches if m}
    if len(pools) > 1:
        read.problem("ISSUERS", "must be forms of one user pool's issuer")
    if not pools:
        return issuers, "", ""
    region, domain, _ = min(pools)
    return issuers, region, domain


def _providers(
    read: EnvironmentReader,
    issuers: tuple[str, ...],
    *,
    has_ledger: bool,
    allows_loopback: bool,
) -> tuple[OidcIssuer, ...]:
    if not read.text("OIDC_ISSUERS"):
        return ()
    # Imported here, so that nobody's cold start pays for what is not there.
    from authorizer.provider_settings import read_providers  # noqa: PLC0415

    return read_providers(read, issuers, has_ledger=has_ledger, allows_loopback=allows_loopback)


def _token_uses(read: EnvironmentReader) -> frozenset[TokenUse]:
    names = read.names("TOKEN_USES", default=(TokenUse.ACCESS,))
    if not names <= set(TokenUse):
        read.problem("TOKEN_USES", "must be access, id, or both")
        return frozenset()
    return frozenset(TokenUse(name) for name in names)


def _route_rules(read: EnvironmentReader) -> RouteRules:
    try:
        return read_route_rules(read.text("ROUTE_RULES", "{}"))
    except RouteRulesError as error:
        for problem in error.problems:
            read.problem("ROUTE_RULES", problem)
        return RouteRules()
