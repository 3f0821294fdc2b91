"""Cognito's rows: what ``GetUser`` may answer instead of a user.

The error's code decides, whatever the status; a code that is not known leaves it to the status.
"""

from __future__ import annotations

from collections.abc import Iterator

from authorizer.errors import Reason
from tests.faults import moods
from tests.faults.fault import Component, Fault
from tests.faults.moods import TELLTALE, failing, saying_json
from tests.faults.shared_faults import shared_faults

#: Every error in the SDK's model of GetUser.
MODELLED = {
    "NotAuthorizedException": Reason.REFUSED_BY_ISSUER,
    "UserNotFoundException": Reason.USER_NOT_FOUND,
    "PasswordResetRequiredException": Reason.PASSWORD_RESET_REQUIRED,
    "UserNotConfirmedException": Reason.USER_NOT_CONFIRMED,
    "TooManyRequestsException": Reason.ISSUER_THROTTLED,
    "InternalErrorException": Reason.ISSUER_FAULT,
    "ForbiddenException": Reason.ISSUER_MISCONFIGURED,
    "InvalidParameterException": Reason.ISSUER_MISCONFIGURED,
    "OperationNotEnabledException": Reason.ISSUER_MISCONFIGURED,
    "ResourceNotFoundException": Reason.ISSUER_MISCONFIGURED,
}
#: Errors that any service of AWS's may answer.
_COMMON = {
    "ThrottlingException": Reason.ISSUER_THROTTLED,
    "RequestLimitExceeded": Reason.ISSUER_THROTTLED,
    "ServiceUnavailableException": Reason.ISSUER_FAULT,
}
#: What Cognito says of a token that it refuses, as far as it is known.
_REFUSALS = {
    "Access Token has been revoked": Reason.SESSION_REVOKED,
    "Access Token has expired": Reason.TOKEN_EXPIRED,
    "User is disabled.": Reason.USER_DISABLED,
    "Access Token does not have required scopes": Reason.SESSION_NOT_CHECKABLE,
}
_STATUSES = {
    "400 Bad Request": Reason.ISSUER_FAULT,
    "401 Unauthorized": Reason.ISSUER_FAULT,
    "403 Forbidden": Reason.ISSUER_MISCONFIGURED,
    "413 Content Too Large": Reason.ISSUER_FAULT,
    "429 Too Many Requests": Reason.ISSUER_THROTTLED,
    "500 Internal Server Error": Reason.ISSUER_FAULT,
    "999 Odd": Reason.ISSUER_FAULT,
}
_STATUSES_OF_ERRORS = (
    "400 Bad Request",
    "403 Forbidden",
    "429 Too Many Requests",
    "500 Internal Server Error",
)
#: Cognito's own word about the token or its session. All else says nothing about either.
WORDS = {
    Reason.REFUSED_BY_ISSUER,
    Reason.USER_NOT_FOUND,
    Reason.PASSWORD_RESET_REQUIRED,
    Reason.USER_NOT_CONFIRMED,
    *_REFUSALS.values(),
}


def cognito_faults() -> Iterator[Fault]:
    """All of them."""
    me = Component.COGNITO
    yield from shared_faults(me, lost=Reason.ISSUER_UNREACHABLE, strange=Reason.ISSUER_FAULT)
    for code, reason in (MODELLED | _COMMON).items():
        for status in _STATUSES_OF_ERRORS:
            yield Fault(
                me,
                f"answers {code} with {status[:3]}",
                reason,
                failing(f"com.amazonaws.cognito#{code}", status=status),
                is_outage=reason not in WORDS,
                in_pairs=code in MODELLED and status.startswith("400"),
            )
    for text, reason in _REFUSALS.items():
        mood = failing("NotAuthorizedException", text)
        in_pairs = reason is Reason.SESSION_REVOKED
        yield Fault(me, f"refuses: {text}", reason, mood, is_outage=False, in_pairs=in_pairs)
    for status, reason in _STATUSES.items():
        name = status[:3]
        yield Fault(
            me, f"says {name} and no more", reason, moods.answering(TELLTALE.encode(), status)
        )
        mood = failing(TELLTALE, status=status)
        yield Fault(me, f"answers an unknown error with {name}", reason, mood, in_pairs=False)
    for name, document in {
        "names no user": {"UserAttributes": []},
        "names a user by a number": {"Username": 1},
        "names a user by null": {"Username": None},
        "names somebody else": {"Username": "eve", "UserAttributes": []},
        "names a namesake": {
            "Username": "ada",
            "UserAttributes": [{"Name": "sub", "Value": "f1e2d3c4-0000-4000-8000-000000000000"}],
        },
        "names an error with 200": {"__type": "NotAuthorizedException"},
        "names an error by a number": {"__type": 1},
    }.items():
        mood = saying_json(document)
        yield Fault(me, name, Reason.ISSUER_FAULT, mood, in_pairs=False)
