"""What each of the two custom resources does at create, update and delete.

Both are idempotent: a request that is carried out twice, or again after it failed halfway, leaves
what it would have left at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from custom_resource.outcome import Done, ResourceError
from custom_resource.request import Request, RequestType
from native_sessions.pool import GONE, TIER, PoolError, Pools, SessionConfiguration, Tracking

#: The resource that reads the pool's configuration and never changes it.
FOUND = "Custom::SessionConfigurationFound"
#: The resource that sets the pool's configuration, and sets what was found when it is deleted.
NATIVE_SESSIONS = "Custom::NativeSessions"

#: What is said where Cognito refuses because of the pool's feature plan.
WHAT_TO_DO = (
    "Cognito manages sessions natively only for user pools in the tiers Essentials and Plus, and"
    " this one is in Lite: give it one of those tiers, or set sessionMode to hook or ledger, which"
    " work in every tier"
)

_TRACKING: Mapping[str, Tracking] = {"ENABLED": "ENABLED", "DISABLED": "DISABLED"}
_FOUND_ID = re.compile(r"(?P<pool>[\w-]+)/(?P<tracking>ENABLED|DISABLED)/(?P<max>\d{1,3})")


def carry_out(request: Request, pools: Pools) -> Done:
    """Carry one request out.

    Raises:
        ResourceError: it can't be said to have been carried out, and why.
    """
    resources = {FOUND: _keep_finding, NATIVE_SESSIONS: _set_up}
    if request.resource_type not in resources:
        raise ResourceError(f"no resource of this function: {request.resource_type}")
    try:
        return resources[request.resource_type](request, pools)
    except PoolError as error:
        raise ResourceError(WHAT_TO_DO if error.code == TIER else str(error)) from None


def _keep_finding(request: Request, pools: Pools) -> Done:
    """Read once for each pool. The finding is in the physical id, which CloudFormation keeps."""
    if request.type is RequestType.DELETE:
        return Done(request.physical_id)
    pool = request.text("UserPoolId")
    kept = _FOUND_ID.fullmatch(request.physical_id)
    if kept is not None and kept["pool"] == pool:
        return _finding(pool, kept["tracking"], kept["max"])
    found = pools.find(pool)
    return _finding(pool, found.tracking, str(found.max_per_user))


def _finding(pool: str, tracking: str, max_per_user: str) -> Done:
    return Done(
        f"{pool}/{tracking}/{max_per_user}",
        {"UserSessionTracking": tracking, "MaxPerUser": max_per_user},
    )


def _set_up(request: Request, pools: Pools) -> Done:
    """Another pool is another resource: CloudFormation then deletes the one of the old pool."""
    pool = request.text("UserPoolId")
    if request.type is RequestType.DELETE:
        _put_back(request, pool, pools)
        return Done(request.physical_id)
    pools.configure(pool, SessionConfiguration("ENABLED", _number(request, "MaxPerUser")))
    return Done(pool)


def _put_back(request: Request, pool: str, pools: Pools) -> None:
    found = SessionConfiguration(_tracking(request), _number(request, "FoundMaxPerUser"))
    try:
        pools.configure(pool, found)
    except PoolError as error:
        # A pool that is gone, or that has lost the feature with its tier, has nothing to put back.
        # A deployment that failed for the tier is rolled back by this way, too.
        if error.code not in (GONE, TIER):
            raise


def _tracking(request: Request) -> Tracking:
    text = request.text("FoundTracking")
    if text not in _TRACKING:
        raise ResourceError("property FoundTracking is neither ENABLED nor DISABLED")
    return _TRACKING[text]


def _number(request: Request, name: str) -> int:
    # CloudFormation makes texts of all numbers.
    text = request.text(name)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 100):
        raise ResourceError(f"property {name} is not 1 to 100")
    return int(text)
