"""The hook, as the pool's trigger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from environment import SettingsError
from infra.refresh_rotation import WHY_REFUSED
from ops.answers import UnavailableError
from ops.aws import answering
from ops.doctor.findings import Check, DoesNotApplyError, Finding, Kind, Severity
from ops.doctor.site import ALL_CLIENTS_NEEDS, POOL_NEEDS, STACK_NEEDS, Description, Site
from pool_trigger.trigger import FIRST_VERSION
from pre_token_hook.settings import FailureRule, Settings

_HOOK_NEEDS = (*STACK_NEEDS, "lambda:GetFunctionConfiguration")
_LITE = "LITE"
_SOURCE = "aws:sourcearn"
_TRIGGER_DOCS = "https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html"

TRIGGER_MISSING = Kind(
    "trigger_missing",
    Severity.HIGH,
    "The hook is deployed and nobody calls it: a sign-in ends no other session.",
    "Attach it as the pool's Pre Token Generation trigger: existingTriggerRule, or the console.",
    "docs/decisions/0008-a-trigger-on-an-existing-pool.md",
)
TRIGGER_PINNED = Kind(
    "trigger_pinned",
    Severity.MEDIUM,
    "The pool calls one version or alias of the hook, which a deployment does not change.",
    "Name the function's ARN without a version in the pool's trigger.",
    "docs/decisions/0008-a-trigger-on-an-existing-pool.md",
)
TRIGGER_DENIED = Kind(
    "trigger_without_permission",
    Severity.HIGH,
    "A trigger that Cognito may not call fails every sign-in.",
    "Deploy the stack anew: it permits cognito-idp.amazonaws.com to invoke the hook for this pool.",
    _TRIGGER_DOCS,
)
TRIGGER_VERSION = Kind(
    "trigger_version_and_tier",
    Severity.HIGH,
    "Versions V2_0 and V3_0 of the event belong to the tiers Essentials and Plus.",
    "Set the trigger's version to V1_0, which is all the hook needs, or raise the tier.",
    _TRIGGER_DOCS,
)
ROTATION = Kind(
    "rotation_against_hook",
    Severity.HIGH,
    f"{WHY_REFUSED}.",
    "Switch rotation off for the client, or name it in exemptClientIds and deploy.",
    _TRIGGER_DOCS,
)
HOOK_ADMITS = Kind(
    "hook_admits",
    Severity.MEDIUM,
    "A sign-in whose older sessions could not be ended succeeds, and they live on.",
    "Set signOutFailureRule to refuse and deploy.",
    "docs/settings.md",
)


def _trigger(site: Site) -> Iterator[Finding]:
    hook = _need_hook(site)
    arn = ":".join(hook["FunctionArn"].split(":")[:7])
    holder = site.holder
    if holder is None or not holder.is_function(arn):
        held = "has no such trigger" if holder is None else f"is held by {holder.arn}"
        yield TRIGGER_MISSING.at(site.deployment.user_pool_id, f"the pool's trigger: it {held}")
        return
    if holder.arn != arn:
        yield TRIGGER_PINNED.at(holder.arn, "the trigger names a version or an alias")
    if (holder.version or FIRST_VERSION) != FIRST_VERSION and _tier(site) == _LITE:
        yield TRIGGER_VERSION.at(holder.arn, f"the event's version is {holder.version} on Lite")
    with answering():
        policy = site.found_or_none("lambda", "get_policy", FunctionName=holder.arn)
    if policy is None or not _permits(json.loads(policy["Policy"]), site.pool["Arn"]):
        yield TRIGGER_DENIED.at(arn, "Cognito has no permission to invoke it for this pool")


def _rotation(site: Site) -> Iterator[Finding]:
    hook = _need_hook(site)
    exempt = _hook_settings(hook).exempt_client_ids
    for client_id, client in site.all_app_clients.items():
        rotation = client.get("RefreshTokenRotation", {})
        if rotation.get("Feature") == "ENABLED" and client_id not in exempt:
            yield ROTATION.at(client_id, "it rotates refresh tokens and is not exempt")


def _failure_rule(site: Site) -> Iterator[Finding]:
    hook = _need_hook(site)
    if _hook_settings(hook).failure_rule is FailureRule.ADMIT:
        yield HOOK_ADMITS.at(hook["FunctionName"], "FAILURE_RULE is admit")


def _need_hook(site: Site) -> Description:
    if site.hook is None:
        raise DoesNotApplyError("this deployment has no hook")
    return site.hook


def _hook_settings(hook: Description) -> Settings:
    environ = hook.get("Environment", {}).get("Variables")
    if environ is None:
        raise UnavailableError("environment", "the hook's variables cannot be read")
    try:
        return Settings.from_env(environ)
    except SettingsError as error:
        raise UnavailableError("settings", f"the deployed hook cannot start: {error}") from None


def _tier(site: Site) -> str:
    tier = site.pool.get("UserPoolTier")
    if not tier:
        raise UnavailableError("tier", "Cognito does not say the pool's tier")
    return str(tier)


def _permits(policy: Any, pool_arn: str) -> bool:
    """Whether a statement lets Cognito invoke for the pool, or for any of the account's."""
    return any(
        statement.get("Effect") == "Allow"
        and _principal(statement) == "cognito-idp.amazonaws.com"
        and all(fnmatchcase(pool_arn, pattern) for pattern in _sources(statement))
        for statement in policy.get("Statement", [])
    )


def _principal(statement: Any) -> Any:
    principal = statement.get("Principal", {})
    return principal.get("Service") if isinstance(principal, dict) else principal


def _sources(statement: Any) -> list[str]:
    tests = statement.get("Condition", {}).values()
    named = [value for test in tests for key, value in test.items() if key.lower() == _SOURCE]
    return [arn for value in named for arn in ([value] if isinstance(value, str) else value)]


CHECKS = (
    Check(
        "trigger",
        "the hook is attached, and may be called",
        _trigger,
        (*_HOOK_NEEDS, *POOL_NEEDS, "lambda:GetPolicy"),
        (TRIGGER_MISSING, TRIGGER_PINNED, TRIGGER_DENIED, TRIGGER_VERSION),
    ),
    Check(
        "rotation",
        "no rotation under it",
        _rotation,
        (*_HOOK_NEEDS, *ALL_CLIENTS_NEEDS),
        (ROTATION,),
    ),
    Check("hook_rule", "what it does when it fails", _failure_rule, _HOOK_NEEDS, (HOOK_ADMITS,)),
)
