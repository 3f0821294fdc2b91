"""Events of Cognito's Pre Token Generation trigger, in the shapes its documentation shows.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
"""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.dynamodb import Calls
from pre_token_hook.sign_out import SignOutError
from pre_token_hook.trigger import Trigger
from pre_token_hook.wiring import wire
from tests.tokens import CLIENT_ID, POOL_ID, REGION

Event = dict[str, Any]

#: Nobody's name but this user's, so that a leak is found.
USERNAME = "ada.lovelace.9f1c2a"
SUBJECT = "0d1ce05c-1111-4222-8333-9f1c2a000000"
SIGN_IN = "TokenGeneration_Authentication"

_NUMBERS = itertools.count()


def version_1(source: str = SIGN_IN, *, groups: Any = ("staff",), client: str = CLIENT_ID) -> Event:
    """V1_0: the ID token can be changed."""
    return {
        "version": "1",
        "triggerSource": source,
        "region": REGION,
        "userPoolId": POOL_ID,
        "userName": USERNAME,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client},
        "request": {
            "userAttributes": {"sub": SUBJECT, "email": f"{USERNAME}@example.com"},
            "groupConfiguration": {
                "groupsToOverride": list(groups),
                "iamRolesToOverride": [],
                "preferredRole": None,
            },
        },
        "response": {"claimsOverrideDetails": None},
    }


def version_2(source: str = SIGN_IN, *, groups: Any = ("staff",), client: str = CLIENT_ID) -> Event:
    """V2_0: the access token too."""
    event = version_1(source, groups=groups, client=client)
    event["request"]["scopes"] = ["aws.cognito.signin.user.admin"]
    return event | {"version": "2", "response": {"claimsAndScopeOverrideDetails": None}}


def version_3(source: str = SIGN_IN, *, groups: Any = ("staff",), client: str = CLIENT_ID) -> Event:
    """V3_0: machines' tokens too."""
    return version_2(source, groups=groups, client=client) | {"version": "3"}


VERSIONS = [version_1, version_2, version_3]


@dataclass
class Bench:
    """One hook as a Lambda sandbox holds it, with a sign-out that can be told to fail."""

    environment: Mapping[str, str] = field(default_factory=dict)
    failure: Exception | None = None
    signed_out: list[Trigger] = field(default_factory=list)
    log: io.StringIO = field(default_factory=io.StringIO)
    ledger_calls: Calls | None = None

    def __post_init__(self) -> None:
        self.hook = wire(
            self.environment,
            sign_out=self._sign_out,
            ledger_calls=self.ledger_calls,
            log_stream=self.log,
            service=f"pre_token_hook-{next(_NUMBERS)}",
        )

    def _sign_out(self, trigger: Trigger) -> None:
        self.signed_out.append(trigger)
        if self.failure is not None:
            raise self.failure

    def lines(self) -> list[dict[str, Any]]:
        """Every log line so far."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


def throttled() -> SignOutError:
    """What becomes of Cognito's refusal beyond 25 requests a second."""
    return SignOutError("TooManyRequestsException")
