"""A Cognito that keeps whole user pools, and resets what ``UpdateUserPool`` is not given."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from botocore.exceptions import ParamValidationError
from botocore.validate import ParamValidator

from tests.unit.native_sessions.stack import refusal

from .every_setting import DESCRIPTION, INPUT, POOL, every_setting

_DEFAULTS: dict[str, Any] = {
    "AutoVerifiedAttributes": [],
    "DeletionProtection": "INACTIVE",
    "LambdaConfig": {},
    "MfaConfiguration": "OFF",
    "UserPoolTier": "ESSENTIALS",
}

#: Given to a pool by the input under these names.
_GIVEN_AS = {"Id": "UserPoolId", "Name": "PoolName"}

#: "If you omit this parameter, Amazon Cognito keeps the existing configuration."
_KEPT = {"DcrConfiguration"}

_ACR_DEFAULTS = {f"Level{n}": f"urn:cognito:loa:{n}" for n in range(1, 5)}

Hook = Callable[[dict[str, Any]], object]


@dataclass
class FakeCognito:
    """User pools by id. ``refusals`` come first, one for each write."""

    pools: dict[str, dict[str, Any]] = field(default_factory=lambda: {POOL: every_setting(None)})
    refusals: list[Exception] = field(default_factory=list)
    writes: list[dict[str, Any]] = field(default_factory=list)
    after_write: Hook | None = None
    lag: int = 0
    """How many descriptions after a write still show the pool from before it."""
    _stale: list[dict[str, Any]] = field(default_factory=list)

    def describe_user_pool(self, **parameters: Any) -> Any:
        pool = self._pool(parameters["UserPoolId"])
        pool["EstimatedNumberOfUsers"] += 1
        shown = copy.deepcopy(self._stale.pop() if self._stale else pool)
        acr = shown.get("AcrConfiguration", {})
        return {"UserPool": {**shown, "AcrConfiguration": _ACR_DEFAULTS | acr}}

    def update_user_pool(self, **parameters: Any) -> Any:
        self.writes.append(copy.deepcopy(parameters))
        if self.refusals:
            raise self.refusals.pop(0)
        old = self._pool(parameters["UserPoolId"])
        _judge(parameters, old)
        self._stale = [copy.deepcopy(old)] * self.lag
        new: dict[str, Any] = {}
        for name in DESCRIPTION.members:
            given_as = _GIVEN_AS.get(name, name)
            if given_as in parameters:
                new[name] = copy.deepcopy(parameters[given_as])
            elif given_as not in INPUT.members or name in _KEPT:
                new[name] = old.get(name)
            elif name in _DEFAULTS:
                new[name] = copy.deepcopy(_DEFAULTS[name])
        _complete(new, old)
        old.clear()
        old.update({name: value for name, value in new.items() if value is not None})
        if self.after_write is not None:
            self.after_write(old)
        return {}

    def _pool(self, user_pool_id: str) -> dict[str, Any]:
        if user_pool_id not in self.pools:
            raise refusal("ResourceNotFoundException")
        return self.pools[user_pool_id]


def _judge(parameters: dict[str, Any], old: dict[str, Any]) -> None:
    """What the SDK refuses, and what Cognito is known to."""
    report = ParamValidator().validate(parameters, INPUT)
    if report.has_errors():
        raise ParamValidationError(report=report.generate_report())
    invitation = parameters.get("AdminCreateUserConfig", {})
    if "TemporaryPasswordValidityDays" in old.get("Policies", {}).get("PasswordPolicy", {}) and (
        "UnusedAccountValidityDays" in invitation
    ):
        raise refusal("InvalidParameterException")
    config = parameters.get("LambdaConfig", {})
    versioned = config.get("PreTokenGenerationConfig", {}).get("LambdaArn")
    if versioned and config.get("PreTokenGeneration", versioned) != versioned:
        raise refusal("InvalidParameterException")
    if any(key.startswith("aws:") for key in parameters.get("UserPoolTags", {})):
        raise refusal("UserPoolTaggingException")
    if "AcrConfiguration" in parameters and parameters.get("UserPoolTier") == "LITE":
        raise refusal("FeatureUnavailableInTierException")


def _complete(new: dict[str, Any], old: dict[str, Any]) -> None:
    """What Cognito fills in by itself."""
    if "TemporaryPasswordValidityDays" in new.get("Policies", {}).get("PasswordPolicy", {}):
        days = new["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"]
        new.setdefault("AdminCreateUserConfig", {})["UnusedAccountValidityDays"] = days
    config = new["LambdaConfig"]
    if "PreTokenGeneration" in config:
        first = {"LambdaArn": config["PreTokenGeneration"], "LambdaVersion": "V1_0"}
        config.setdefault("PreTokenGenerationConfig", first)
    tags = old.get("UserPoolTags", {})
    kept = {key: value for key, value in tags.items() if key.startswith("aws:")}
    if kept:
        new["UserPoolTags"] = new.get("UserPoolTags", {}) | kept
    new["LastModifiedDate"] = old["LastModifiedDate"] + timedelta(seconds=1)
