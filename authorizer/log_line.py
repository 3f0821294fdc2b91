"""One JSON line for each thing that is reported, written at once: log record and metrics in one.

CloudWatch takes metrics out of a log line that holds an ``_aws`` member. A line of text is what
Lambda makes one log event of, so all characters outside ASCII, line ends above all, are escaped:
no value can look like another line.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

A line is put together from pieces of JSON, without an encoder: who makes a piece has every text
that is not a word of our own go through :data:`quoted`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any, Protocol

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

#: Any text as JSON, in ASCII, in quotation marks.
quoted = encode_basestring_ascii

_STANDARD_OUTPUT = 1


class LineStream(Protocol):
    """Where lines go."""

    def write(self, text: str, /) -> object:
        """Take a line, with its end."""
        ...

    def flush(self) -> object:
        """Have it leave the process."""
        ...


class StandardOutput:
    """Standard output, without a buffer in between that each line would have to be flushed from."""

    def write(self, text: str, /) -> None:
        """Write a line of ASCII, all of it."""
        rest = text.encode("ascii")
        while rest:
            rest = rest[os.write(_STANDARD_OUTPUT, rest) :]

    def flush(self) -> None:
        """It has left."""


class LogLines:
    """Writes lines to one stream. Each has a time, and says who writes."""

    def __init__(
        self, stream: LineStream, *, service: str, deployment: str, clock: Callable[[], float]
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
        self._who = members({"service": service, "deployment": deployment})
        self._second = -1
        self._second_text = ""

    def write(self, level: str, message: str, pieces: str, metrics: str = "") -> None:
        """Write a line in one piece, and have it leave the process.

        Args:
            level: ``INFO`` or ``WARNING``.
            message: what kind of line it is, in words of our own.
            pieces: the rest of its members as JSON, with a number for each metric.
            metrics: how CloudWatch is to read the numbers; see :func:`directives`.
        """
        milliseconds = int(self._clock() * 1000)
        emf = ""
        if metrics:
            emf = f',"_aws":{{"Timestamp":{milliseconds},"CloudWatchMetrics":{metrics}}}'
        # In one piece and flushed: Lambda freezes the process when the answer has left.
        self._stream.write(
            f'{{"timestamp":"{self._moment(milliseconds)}","level":"{level}",'
            f'"message":"{message}",{self._who},{pieces}{emf}}}\n'
        )
        self._stream.flush()

    def _moment(self, milliseconds: int) -> str:
        """RFC 3339, in UTC."""
        second, rest = divmod(milliseconds, 1000)
        if second != self._second:
            self._second = second
            self._second_text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._second_text}.{rest:03}Z"


def members(values: dict[str, Any]) -> str:
    """The inside of a JSON object."""
    return _encode(values)[1:-1]


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
