"""What a graph shows: the lines of its metrics, expressions and searches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from local.dashboard.formulas import Series, UnknownFormulaError, compute
from local.dashboard.sample import account_calls, reasons, sample

_SEARCH = re.compile(r"SEARCH\('\{(?P<schema>[^}]*)\}(?P<terms>[^']*)', 'Sum', 60\)")
_METRIC_NAME = re.compile(r'MetricName="(\w+)"')


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``values`` by the minute, None of a color leaves it to whoever draws."""

    label: str
    values: Series
    color: str | None = None
    is_right: bool = False


def lines_of(properties: Mapping[str, Any]) -> list[Line]:
    """The lines of a widget of type ``metric``, in order.

    Raises:
        UnknownFormulaError: an expression is not understood.
    """
    rows = [(row[:-1], row[-1]) for row in properties["metrics"]]
    by_id = {
        options["id"]: _metric(names, options)
        for names, options in rows
        if names and "id" in options
    }
    lines: list[Line] = []
    for names, options in rows:
        if options.get("visible", True) is False:
            continue
        for label, values in _drawn(names, options, by_id):
            lines.append(Line(label, values, options.get("color"), options.get("yAxis") == "right"))
    return lines


def _drawn(
    names: list[str], options: Mapping[str, Any], by_id: Mapping[str, Series]
) -> Iterator[tuple[str, Series]]:
    expression = options.get("expression")
    if expression is None:
        yield options.get("label", names[1]), _metric(names, options)
        return
    search = _SEARCH.search(expression)
    if search is None:
        yield options["label"], compute(expression, by_id)
    elif search["schema"].startswith("AWS/Usage,"):
        # As Cognito's page has it: whoever searches with a Class as well finds nothing.
        there_is = search["schema"] == "AWS/Usage,Resource,Service,Type"
        calls = account_calls()
        found = {"found": calls if there_is else np.full_like(calls, np.nan)}
        yield options["label"], compute(_SEARCH.sub("[found]", expression), found)
    else:
        if search.group() != expression or "Dim.reason" not in options["label"]:
            raise UnknownFormulaError(expression)
        name = _METRIC_NAME.findall(search["terms"])[0]
        for reason in reasons(name):
            yield reason, sample(name, "Sum", {"reason": reason})


def _metric(names: list[str], options: Mapping[str, Any]) -> Series:
    dimensions = dict(zip(names[2::2], names[3::2], strict=True))
    return sample(names[1], options["stat"], dimensions)
