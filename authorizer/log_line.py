"""One JSON line for each thing that is reported, written at once: log record and metrics in one.

CloudWatch takes metrics out of a log line that holds an ``_aws`` member. A line of text is what
Lambda makes one log event of, so all characters outside ASCII, line ends above all, are escaped:
no value can look like another line.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import IO, Any

NAMESPACE = "CognitoSessionAuthorizer"

#: Units of what is not a count, by the metric's name.
_UNITS = {
    "AskedLatency": "Milliseconds",
    "DecisionLatency": "Milliseconds",
    "KeyAge": "Seconds",
    "RevocationLatency": "Milliseconds",
    "VerificationLatency": "Milliseconds",
}

_encode = json.JSONEncoder(separators=(",", ":")).encode


class LogLines:
    """Writes lines to one stream. Each has a time, and says who writes."""

    def __init__(
        self, stream: IO[str], *, service: str, deployment: str, clock: Callable[[], float]
    ) -> None:
        """
        Args:
            stream: where the lines go.
            service: a dimension of all metrics: the Lambda's name among those of the project.
            deployment: another one: the deployment's name in its account and Region.
            clock: wall-clock time, seconds since the epoch.
        """
        self._stream = stream
        self._clock = clock
        self._who = _encode({"service": service, "deployment": deployment})[1:-1]
        self._second = -1
        self._second_text = ""

    def write(
        self, level: str, message: str, members: Mapping[str, Any], metrics: str = ""
    ) -> None:
        """Write a line in one piece, and have it leave the process.

        Args:
            level: ``INFO`` or ``WARNING``.
            message: what kind of line it is, in words of our own.
            members: the rest of it, with a number for each metric.
            metrics: how CloudWatch is to read the numbers; see :func:`directives`.
        """
        now = self._clock()
        milliseconds = int(now * 1000)
        emf = ""
        if metrics:
            emf = f',"_aws":{{"Timestamp":{milliseconds},"CloudWatchMetrics":{metrics}}}'
        # In one piece and flushed: Lambda freezes the process when the answer has left.
        self._stream.write(
            f'{{"timestamp":"{self._moment(milliseconds)}","level":"{level}",'
            f'"message":"{message}",{self._who},{_members(members)}{emf}}}\n'
        )
        self._stream.flush()

    def _moment(self, milliseconds: int) -> str:
        """RFC 3339, in UTC."""
        second, rest = divmod(milliseconds, 1000)
        if second != self._second:
            self._second = second
            self._second_text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._second_text}.{rest:03}Z"


def _members(members: Mapping[str, Any]) -> str:
    """The inside of a JSON object. Names are words of our own; values are escaped.

    Fractions have three digits: of a millisecond and of a second, nobody reads more. That, and no
    encoder made anew for each object, takes half of the time that ``json`` takes.
    """
    parts = []
    for name, value in members.items():
        kind = type(value)
        if isinstance(value, str):
            parts.append(f'"{name}":{encode_basestring_ascii(value)}')
        elif kind is float:
            parts.append(f'"{name}":{value:.3f}')
        elif kind is int:
            parts.append(f'"{name}":{value}')
        elif kind is bool:
            parts.append(f'"{name}":true' if value else f'"{name}":false')
        elif kind is dict:
            parts.append(f'"{name}":{{{_members(value)}}}')
        else:
            parts.append(f'"{name}":{_encode(value)}')
    return ",".join(parts)


@lru_cache(maxsize=512)
def directives(names: tuple[str, ...], by_reason: str = "") -> str:
    """How CloudWatch is to read a line, as JSON.

    Args:
        names: members of the line that are metrics, all with the dimensions deployment and service.
        by_reason: the one of them that is counted for each ``reason`` of the line as well.
    """
    found = [_directive(["deployment", "service"], names)]
    if by_reason:
        found.append(_directive(["deployment", "service", "reason"], (by_reason,)))
    return _encode(found)


def _directive(dimensions: list[str], names: tuple[str, ...]) -> dict[str, Any]:
    metrics = [{"Name": name, "Unit": _UNITS.get(name, "Count")} for name in names]
    return {"Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": metrics}
