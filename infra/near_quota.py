"""From where Cognito's quota for GetUser is near: for the alarm, its line in the graph, and doctor.

Without CDK, which the operator's program does not read in.
"""

from __future__ import annotations

NEAR_QUOTA_PERCENT = 80

#: The alarm's name behind the deployment's, and its section in the runbook.
NEAR_QUOTA_ALARM = "getuser-near-quota"


def near(quota_per_second: float) -> float:
    """So many calls a second are near a quota."""
    return quota_per_second * NEAR_QUOTA_PERCENT / 100
