"""A stack that uses both resources as the construct does, on a pool that remembers."""

from __future__ import annotations

import copy
import io
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from custom_resource.function import CustomResources
from pool_trigger.resources import FOUND, TRIGGER
from pool_trigger.sdk import PoolClient
from pool_trigger.wiring import wire
from tests.unit.native_sessions.stack import URL, event

from .cognito import FakeCognito
from .every_setting import HOOK, POOL

_NUMBERS = itertools.count()
_NEVER_COMPARED = {"LastModifiedDate", "EstimatedNumberOfUsers"}


@dataclass
class Stack:
    """CloudFormation's side: keeps ids and attributes, and hands them back."""

    cognito: FakeCognito = field(default_factory=FakeCognito)
    client: PoolClient | None = None
    log: io.StringIO = field(default_factory=io.StringIO)
    pauses: list[float] = field(default_factory=list)
    answers: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.function: CustomResources = wire(
            {},
            client=self.client or self.cognito,
            send=lambda url, body: self.answers.append((url, json.loads(body))),
            pause=self.pauses.append,
            log_stream=self.log,
            service=f"trigger-{next(_NUMBERS)}",
        )

    def request(
        self,
        kind: str,
        resource_type: str,
        physical_id: str = "",
        former: dict[str, Any] | None = None,
        **properties: Any,
    ) -> dict[str, Any]:
        """Send one request and return the answer."""
        sent = event(kind, resource_type, physical_id, **properties)
        if former is not None:
            sent["OldResourceProperties"] = former
        self.function.handle(sent, "request-of-lambda")
        url, answer = self.answers[-1]
        assert url == URL
        return answer

    def deploy(self, rule: str = "refuse", pool: str = POOL) -> tuple[dict[str, Any], ...]:
        """Create both resources, the finding first, as the template's reference says."""
        found = self.request("Create", FOUND, UserPoolId=pool, HookArn=HOOK)
        return found, self.request("Create", TRIGGER, **wanted(found, rule, pool))

    def delete(self, found: dict[str, Any], created: dict[str, Any]) -> dict[str, Any]:
        """Delete both, the other way round; returns the answer about the trigger."""
        name = created["PhysicalResourceId"]
        answer = self.request("Delete", TRIGGER, name, **wanted(found))
        gone = self.request(
            "Delete", FOUND, found["PhysicalResourceId"], UserPoolId=POOL, HookArn=HOOK
        )
        assert gone["Status"] == "SUCCESS"
        return answer

    @property
    def pool(self) -> dict[str, Any]:
        """The pool's settings as they are, without what changes by itself."""
        return settings(self.cognito.pools[POOL])

    @property
    def holder(self) -> str | None:
        """The function that holds the trigger."""
        config = self.cognito.pools[POOL]["LambdaConfig"]
        holder: str | None = config.get("PreTokenGeneration")
        assert config.get("PreTokenGenerationConfig", {}).get("LambdaArn") == holder
        return holder


def wanted(
    found: dict[str, Any], rule: str = "refuse", pool: str = POOL, hook: str = HOOK
) -> dict[str, Any]:
    """The properties of the second resource."""
    return {
        "UserPoolId": pool,
        "HookArn": hook,
        "Rule": rule,
        "FoundHolder": found["Data"]["Holder"],
    }


def settings(description: dict[str, Any]) -> dict[str, Any]:
    """A description without what changes by itself."""
    kept = copy.deepcopy(description)
    return {name: value for name, value in kept.items() if name not in _NEVER_COMPARED}
