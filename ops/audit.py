"""The trail of operators' actions: who did what, when and why, before and after it is done.

One JSON line for what somebody is about to do and one for what came of it, joined by ``run_id``, in
the log group that the deployment exports. A change whose first line cannot be written is not made.
``docs/decisions/0012-the-trail-comes-first.md`` has the reasons.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ops.answers import UnavailableError, moment_text
from ops.aws import Aws, error_code, unavailable

#: What writing the trail takes.
AUDIT_NEEDS = ("logs:CreateLogStream", "logs:PutLogEvents", "sts:GetCallerIdentity")

WITHOUT = "--without-audit does it all the same, and leaves no trace of who did it but CloudTrail's"


class Phase(StrEnum):
    """Where a change stands."""

    INTENDED = "intended"
    DONE = "done"
    PARTLY = "partly"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written of one change. Nothing in it may be a token.

    Args:
        action: the command's name.
        target: what it is about, by name.
        reason: the operator's own words.
    """

    run_id: str
    stack: str
    action: str
    target: Mapping[str, Any]
    reason: str


class Trail:
    """The trail of one deployment, in a stream of this run's own."""

    def __init__(self, aws: Aws, log_group: str) -> None:
        self._aws = aws
        self._log_group = log_group
        self._stream = ""

    def write(self, entry: Entry, phase: Phase, layers: Sequence[str] | None = None) -> None:
        """Write one line.

        Args:
            entry: what it is about.
            phase: where it stands.
            layers: what came of it at each layer.

        Raises:
            UnavailableError: it is not written.
        """
        caller, now = self._aws.caller(), self._aws.now()
        line = {
            "timestamp": moment_text(now),
            "level": "INFO",
            "message": "operator_action",
            "service": "ops",
            "deployment": entry.stack,
            "region": self._aws.region,
            "account": caller.account,
            "caller": caller.arn,
            "run_id": entry.run_id,
            "phase": phase.value,
            "action": entry.action,
            "target": dict(entry.target),
            "reason": entry.reason,
        } | ({} if layers is None else {"layers": list(layers)})
        try:
            self._open(entry.run_id, now)
            answer = self._aws.client("logs").put_log_events(
                logGroupName=self._log_group,
                logStreamName=self._stream,
                logEvents=[{"timestamp": int(now * 1000), "message": json.dumps(line)}],
            )
        except (ClientError, BotoCoreError) as error:
            said = unavailable(error)
            raise UnavailableError("trail_unavailable", f"the trail: {said}; {WITHOUT}") from None
        if answer.get("rejectedLogEventsInfo"):
            raise UnavailableError("trail_unavailable", f"the trail refuses the line; {WITHOUT}")

    def _open(self, run_id: str, now: float) -> None:
        if self._stream:
            return
        stream = f"{(moment_text(now) or '')[:10]}/{run_id}"
        try:
            self._aws.client("logs").create_log_stream(
                logGroupName=self._log_group, logStreamName=stream
            )
        except ClientError as error:
            # The SDK repeats a call whose answer was lost.
            if error_code(error) != "ResourceAlreadyExistsException":
                raise
        self._stream = stream
