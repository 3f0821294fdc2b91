"""What a deployment states about who may send it messages. Nothing of it is taken from a token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from environment import EnvironmentReader
from issuers.statement import Algorithm, Statement, read_statements

VARIABLE = "TRANSMITTERS"

#: Cognito's own rule: a name has no underscore but as its second character, at least three
#: characters, and so no federated user's name can be read as another provider's.
#: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html
_PROVIDER_NAME = re.compile(r"[^_\s][^\s][^_\s]+")
_PROVIDER = "provider:"


class Kind(StrEnum):
    """What a route takes. Values are stable: log lines and metrics name the service by them."""

    BACKCHANNEL_LOGOUT = "backchannel_logout"
    """OpenID Connect Back-Channel Logout 1.0."""
    SECURITY_EVENTS = "security_events"
    """Shared Signals Framework 1.0, pushed as RFC 8935 has it."""
    GLOBAL_REVOCATION = "global_revocation"
    """draft-parecki-oauth-global-token-revocation-06."""


@dataclass(frozen=True, slots=True)
class CognitoNames:
    """How a transmitter's users are called in the user pool."""

    provider: str
    """Federated users' provider, whose name begins theirs; empty for the pool's own users."""
    takes_email: bool
    """Whether an email address, too, stands where the subject does in their names."""

    def username(self, name: str) -> str:
        """The Cognito user of that name.

        https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-identity-federation.html
        """
        return f"{self.provider}_{name}" if self.provider else name


@dataclass(frozen=True, slots=True)
class Transmitter:
    """One who may send messages. ``issuer`` is compared with ``iss`` byte for byte."""

    issuer: str
    sessions_of: str
    """The issuer of the access tokens that end, which marks stand under; mostly itself."""
    audiences: frozenset[str]
    client_ids: frozenset[str]
    """Whom its requests may be made in the name of; empty for anybody at that issuer."""
    algorithms: frozenset[Algorithm]
    key_set_url: str | None
    """A pinned address of the key set; None if discovery says it."""
    requires_type: bool
    """Whether tokens without the type of their kind are refused (RFC 8725, section 3.11)."""
    names_sessions: bool
    """Whether the access tokens name the session by what a message calls ``sid``."""
    cognito: CognitoNames | None
    authorization_parameter: str
    """Name of the SecureString parameter with the stream's Authorization header; or empty."""


_SHARED = {"issuer", "sessionsOf", "algorithms", "keySetUrl", "requireType"}
_COGNITO = {"cognitoUser", "cognitoEmail"}
_MEMBERS = {
    Kind.BACKCHANNEL_LOGOUT: frozenset(
        {*_SHARED, "audiences", "sessionClaim", "cognitoUser"},
    ),
    Kind.SECURITY_EVENTS: frozenset(
        {*_SHARED, *_COGNITO, "audiences", "sessionClaim", "authorizationParameter"}
    ),
    Kind.GLOBAL_REVOCATION: frozenset({*_SHARED, *_COGNITO, "clientIds"}),
}


def read_transmitters(
    read: EnvironmentReader, kind: Kind, *, allows_loopback: bool
) -> tuple[Transmitter, ...]:
    """Read ``TRANSMITTERS``, a JSON list. Problems are recorded with ``read``.

    Args:
        read: the environment.
        kind: what they send.
        allows_loopback: whether addresses may be plain ones of this machine: local stacks only.
    """
    statements = read_statements(
        read, VARIABLE, "transmitter", _MEMBERS[kind], allows_loopback=allows_loopback
    )
    if not statements:
        # An empty list is never "anybody".
        read.problem(VARIABLE, "must name at least one transmitter")
    transmitters = tuple(
        transmitter
        for statement in statements
        if (transmitter := _transmitter(statement, kind)) is not None
    )
    if len({transmitter.issuer for transmitter in transmitters}) < len(transmitters):
        read.problem(VARIABLE, "must name each issuer once")
    return transmitters


def _transmitter(stated: Statement, kind: Kind) -> Transmitter | None:
    issuer = stated.address("issuer")
    if issuer is None:
        stated.problem("needs an issuer: its https:// address as it stands in `iss`")
        return None
    audiences = stated.names("audiences")
    if not audiences and kind is not Kind.GLOBAL_REVOCATION:
        stated.problem("needs audiences: what it calls this deployment in `aud`")
    return Transmitter(
        issuer=issuer,
        sessions_of=stated.address("sessionsOf") or issuer,
        audiences=audiences,
        client_ids=stated.names("clientIds"),
        algorithms=stated.algorithms(),
        key_set_url=stated.address("keySetUrl"),
        requires_type=stated.flag("requireType", default=True),
        names_sessions=bool(stated.text("sessionClaim")),
        cognito=_cognito(stated),
        authorization_parameter=stated.text("authorizationParameter"),
    )


def _cognito(stated: Statement) -> CognitoNames | None:
    """``none``, ``username``, or ``provider:<name>``."""
    user = stated.text("cognitoUser") or "none"
    takes_email = stated.flag("cognitoEmail", default=False)
    if user == "none":
        if takes_email:
            stated.problem("needs cognitoUser with cognitoEmail")
        return None
    if user == "username":
        return CognitoNames("", takes_email)
    provider = user.removeprefix(_PROVIDER)
    if provider == user or _PROVIDER_NAME.fullmatch(provider) is None:
        stated.problem("needs none, username or provider:<name> as cognitoUser")
        return None
    return CognitoNames(provider, takes_email)
