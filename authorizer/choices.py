"""What the settings offer to choose from. The first of each, or what is said, is the default."""

from __future__ import annotations

from enum import StrEnum


class TokenPlace(StrEnum):
    """Where in the request the token stands."""

    AUTHORIZATION = "authorization"
    COOKIE = "cookie"
    QUERY = "query"


class TokenUse(StrEnum):
    """Cognito's ``token_use`` claim."""

    ACCESS = "access"
    ID = "id"


class OutageRule(StrEnum):
    """What to answer while nobody can say whether a session lives."""

    REFUSE = "refuse"
    """503. The default."""
    STALE = "stale"
    """The last active verdict, for at most ``stale_grace_seconds`` more; else 503."""
    ALLOW = "allow"
    """Let any verified token in. Unsafe: an outage of Cognito switches revocation off."""


class LedgerOutageRule(StrEnum):
    """What to answer while the ledger does not answer."""

    GETUSER = "getuser"
    """Cognito's own word, asked for anew. The default; ID and machine tokens get 503, for nobody
    else knows of them, and marks that only the ledger holds are not seen but for those read
    before."""
    REFUSE = "refuse"
    """503."""


class DisplacedAnswer(StrEnum):
    """What a session is answered that lost its place to another one."""

    UNAUTHORIZED = "unauthorized"
    """401, as for any session that has ended. API Gateway's 401 cannot carry the reason."""
    EXPLAIN = "explain"
    """A denying policy with the reason in its context: 403, whose body can tell the device why."""


class UncheckedSessionRule(StrEnum):
    """What to answer for tokens that no check of Cognito's can judge."""

    REFUSE = "refuse"
    ALLOW = "allow"
    """Unsafe: such a token lives until it expires, whatever is revoked."""


class Enforcement(StrEnum):
    """Whether a refusal for revocation is carried out."""

    ENFORCE = "enforce"
    SHADOW = "shadow"
    """Unsafe: decide, count and log what would have been refused for revocation, and allow."""


class HttpApiResponse(StrEnum):
    """Which of its two response forms an HTTP API with payload 2.0 was told to expect."""

    IAM = "iam"
    SIMPLE = "simple"
