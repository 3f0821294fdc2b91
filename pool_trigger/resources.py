"""What each of the two custom resources does at create, update and delete.

Both are idempotent: a request that is carried out twice, or again after it failed halfway, leaves
what it would have left at once.
"""

from __future__ import annotations

import re
from dataclasses import replace

from custom_resource.outcome import Done, ResourceError
from custom_resource.request import Request, RequestType
from pool_trigger.pool import GONE, PoolChangedError, PoolError, UserPools
from pool_trigger.translation import UnknownSettingsError
from pool_trigger.trigger import FIRST_VERSION, Holder, TriggerRule, from_text, to_text

#: The resource that reads who holds the trigger and never changes it.
FOUND = "Custom::PreTokenTriggerFound"
#: The resource that attaches the hook, and puts back what was found when it is deleted.
TRIGGER = "Custom::PreTokenTrigger"

_HELD = (
    "the pool's Pre Token Generation trigger is held by {arn}, and a pool has only one: set"
    " existingTriggerRule to replace, which gives the trigger back when the stack is deleted, or"
    " to by_hand, and let that function call the hook"
)
_UNKNOWN = (
    "the pool has settings that this function does not know and would reset: {names}. Nothing was"
    " changed. Deploy with a newer SDK (make lock), or change the trigger in the Cognito console,"
    " under Authentication, Extensions, and try again"
)
_CHANGED = (
    "the trigger was written, and the pool then differed from what it was in: {paths}. Somebody"
    " else may have changed it meanwhile; this function's log has the settings from before"
)
#: What Cognito asks of whoever writes a pool with these settings, and who may not.
_WHAT_TO_ALLOW = {
    "iam:PassRole": "; name that role in existingPoolSmsRoleArns",
    "kms:CreateGrant": "; name the pool's key in existingPoolKeyArns",
}

_FOUND_ID = re.compile(r"(?P<pool>[\w-]+)/(?P<holder>.+)")


def carry_out(request: Request, pools: UserPools) -> Done:
    """Carry one request out.

    Raises:
        ResourceError: it can't be said to have been carried out, and why.
    """
    resources = {FOUND: _keep_finding, TRIGGER: _attach}
    if request.resource_type not in resources:
        raise ResourceError(f"no resource of this function: {request.resource_type}")
    try:
        return resources[request.resource_type](request, pools)
    except PoolError as error:
        hints = [hint for action, hint in _WHAT_TO_ALLOW.items() if action in str(error)]
        raise ResourceError("".join([str(error), *hints])) from None
    except UnknownSettingsError as error:
        raise ResourceError(_UNKNOWN.format(names=error)) from None
    except PoolChangedError as error:
        raise ResourceError(_CHANGED.format(paths=error)) from None


def _keep_finding(request: Request, pools: UserPools) -> Done:
    """Read once for each pool. The finding is in the physical id, which CloudFormation keeps."""
    if request.type is RequestType.DELETE:
        return Done(request.physical_id)
    pool = request.text("UserPoolId")
    kept = _FOUND_ID.fullmatch(request.physical_id)
    if request.type is RequestType.UPDATE and kept is not None and kept["pool"] == pool:
        return _finding(pool, kept["holder"])
    holder = pools.holder(pool)
    if _is_ours(holder, request):
        # Attached by hand before. To put that back would leave a trigger without its function.
        holder = None
    return _finding(pool, to_text(holder))


def _finding(pool: str, holder: str) -> Done:
    return Done(f"{pool}/{holder}", {"Holder": holder})


def _attach(request: Request, pools: UserPools) -> Done:
    """Another pool is another resource: CloudFormation then deletes the one of the old pool."""
    pool = request.text("UserPoolId")
    hook = Holder(request.text("HookArn"), FIRST_VERSION)
    if request.type is RequestType.DELETE:
        _put_back(request, pool, pools)
        return Done(request.physical_id)
    rule = _rule(request)

    def decide(found: Holder | None) -> Holder:
        if found is None:
            return hook
        if rule is TriggerRule.REFUSE and not _is_ours(found, request):
            raise ResourceError(_HELD.format(arn=found.arn))
        # The hook takes any version's event; the version is the pool's, and stays.
        return replace(hook, version=found.version)

    pools.change(pool, decide)
    return Done(pool)


def _put_back(request: Request, pool: str, pools: UserPools) -> None:
    before = _found_holder(request)
    try:
        pools.change(pool, lambda now: before if _is_ours(now, request) else now)
    except PoolError as error:
        # A pool that is gone has no trigger to put back.
        if error.code != GONE:
            raise


def _is_ours(holder: Holder | None, request: Request) -> bool:
    """Whether the hook holds the trigger, or the function that it is the successor of."""
    hooks = (request.properties.get("HookArn"), request.former_properties.get("HookArn"))
    return holder is not None and any(holder.is_function(str(arn or "")) for arn in hooks)


def _found_holder(request: Request) -> Holder | None:
    try:
        return from_text(request.text("FoundHolder"))
    except ValueError:
        raise ResourceError("property FoundHolder is none of this function's findings") from None


def _rule(request: Request) -> TriggerRule:
    try:
        return TriggerRule(request.text("Rule"))
    except ValueError:
        offered = ", ".join(TriggerRule)
        raise ResourceError(f"property Rule is none of: {offered}") from None
