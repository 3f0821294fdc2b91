"""What a deployment changed, and whether an API serves it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from local.aws.template import Resources

#: Characters of a value that are shown, and of what surrounds a difference in a longer one.
_LONGEST, _AROUND = 300, 30

_API = "AWS::ApiGateway::"
#: What a REST API's stage serves as it was when its deployment was made.
_SERVED = tuple(f"{_API}{kind}" for kind in ("Authorizer", "GatewayResponse", "Method", "Resource"))


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that came, went, or has another property."""

    name: str
    kind: str
    what: str

    def __str__(self) -> str:
        return f"  {self.what}"


def changes(before: Resources, after: Resources) -> Iterator[Change]:
    """Every difference between two templates of one stack."""
    for name in sorted({*before, *after}):
        kind = str((after.get(name) or before[name])["Type"])
        if name not in after:
            yield Change(name, kind, f"- {name}")
        elif name not in before:
            yield Change(name, kind, f"+ {name}")
        else:
            old, new = before[name].get("Properties", {}), after[name].get("Properties", {})
            for key in sorted({*old, *new}):
                if old.get(key) != new.get(key):
                    difference = _difference(old.get(key), new.get(key))
                    yield Change(name, kind, f"~ {name}: {key} {difference}")


def unserved(made: list[Change]) -> list[str]:
    """What a REST API has changed without a new deployment, so that its stage goes on as before.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html
    """
    if any(change.kind == f"{_API}Stage" for change in made):
        return []
    return [
        f"{change.name} has changed, and no stage has a new deployment to serve it"
        for change in made
        if change.kind in _SERVED
    ]


def _difference(old: Any, new: Any) -> str:
    """Both values; of two objects, the members that differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        return ", ".join(f"{name} {_difference(old.get(name), new.get(name))}" for name in names)
    return _where_they_differ(json.dumps(old), json.dumps(new))


def _where_they_differ(old: str, new: str) -> str:
    """Both texts; of long ones, a dashboard's above all, what lies around their difference."""
    if max(len(old), len(new)) <= _LONGEST:
        return f"{old} -> {new}"
    begin = _common(old, new)
    end = _common(old[begin:][::-1], new[begin:][::-1])
    begin, end = max(0, begin - _AROUND), max(0, end - _AROUND)
    parts = (text[begin : len(text) - end] for text in (old, new))
    return " -> ".join(f"\u2026{part[:_LONGEST]}\u2026" for part in parts)


def _common(first: str, second: str) -> int:
    """How many characters they begin with in common."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
    return sum(1 for _ in same)
