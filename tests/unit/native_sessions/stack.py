"""A stack that uses both resources as the construct does, on a pool that remembers."""

from __future__ import annotations

import io
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from custom_resource.function import CustomResources
from native_sessions.resources import FOUND, NATIVE_SESSIONS
from native_sessions.wiring import wire

POOL = "eu-west-1_AbCdEfGhI"
URL = "https://cloudformation.example.com/answer?signature=secret"

_NUMBERS = itertools.count()


def refusal(code: str) -> ClientError:
    """Cognito's refusal, as the SDK raises it."""
    return ClientError({"Error": {"Code": code, "Message": "Cognito's words"}}, "Any")


@dataclass
class FakeCognito:
    """Session configurations by pool. ``refusals`` come first, one for each call that sets."""

    pools: dict[str, tuple[str, int]] = field(default_factory=lambda: {POOL: ("DISABLED", 20)})
    refusals: list[Exception] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def get_user_pool_session_configuration(self, **parameters: Any) -> Any:
        self.calls.append(("get", parameters))
        if parameters["UserPoolId"] not in self.pools:
            raise refusal("ResourceNotFoundException")
        tracking, maximum = self.pools[parameters["UserPoolId"]]
        return {"UserSessionTracking": tracking, "TokenSession": {"MaxPerUser": maximum}}

    def set_user_pool_session_configuration(self, **parameters: Any) -> Any:
        self.calls.append(("set", parameters))
        if self.refusals:
            raise self.refusals.pop(0)
        if parameters["UserPoolId"] not in self.pools:
            raise refusal("ResourceNotFoundException")
        self.pools[parameters["UserPoolId"]] = (
            parameters["UserSessionTracking"],
            parameters["TokenSession"]["MaxPerUser"],
        )
        return parameters


@dataclass
class Stack:
    """CloudFormation's side: keeps ids and attributes, and hands them back."""

    cognito: FakeCognito = field(default_factory=FakeCognito)
    log: io.StringIO = field(default_factory=io.StringIO)
    pauses: list[float] = field(default_factory=list)
    answers: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.function: CustomResources = wire(
            {},
            client=self.cognito,
            send=lambda url, body: self.answers.append((url, json.loads(body))),
            pause=self.pauses.append,
            log_stream=self.log,
            service=f"native-{next(_NUMBERS)}",
        )

    def request(
        self, kind: str, resource_type: str, physical_id: str = "", **properties: Any
    ) -> dict[str, Any]:
        """Send one request and return the answer."""
        sent = event(kind, resource_type, physical_id, **properties)
        self.function.handle(sent, "request-of-lambda")
        url, answer = self.answers[-1]
        assert url == URL
        return answer

    def deploy(self, maximum: int, pool: str = POOL) -> tuple[dict[str, Any], dict[str, Any]]:
        """Create both resources, the finding first, as the template's reference says."""
        found = self.request("Create", FOUND, UserPoolId=pool)
        created = self.request("Create", NATIVE_SESSIONS, **wanted(found, maximum, pool))
        return found, created


def wanted(found: dict[str, Any], maximum: int, pool: str = POOL) -> dict[str, str]:
    """The properties of the second resource, texts all of them."""
    return {
        "UserPoolId": pool,
        "MaxPerUser": str(maximum),
        "FoundTracking": found["Data"]["UserSessionTracking"],
        "FoundMaxPerUser": found["Data"]["MaxPerUser"],
    }


def event(kind: str, resource_type: str, physical_id: str = "", **properties: Any) -> Any:
    """A request of CloudFormation's."""
    made = {
        "RequestType": kind,
        "ResourceType": resource_type,
        "StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/S/1",
        "RequestId": "request-of-cloudformation",
        "LogicalResourceId": "Resource",
        "ResponseURL": URL,
        "ResourceProperties": {"ServiceToken": "arn:aws:lambda:…", **properties},
    }
    return made | ({"PhysicalResourceId": physical_id} if physical_id else {})
