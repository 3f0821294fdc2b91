"""What each reason means and what to do, from the one place that says so: ``README.md``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from authorizer.errors import Reason

_README = Path(__file__).resolve().parents[2] / "README.md"
_ROW = re.compile(r"\| `(?P<reason>[a-z_]+)` \| \d{3} \| (?P<happened>[^|]+) \| (?P<do>[^|]+) \|")


@dataclass(frozen=True, slots=True)
class Advice:
    """One row of the table of answers."""

    happened: str
    what_to_do: str


def advice_on(reason: Reason) -> Advice:
    """What the README says of a reason; nothing where there is no README."""
    return _table().get(reason.value, Advice("", ""))


@cache
def _table() -> dict[str, Advice]:
    try:
        lines = _README.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    rows = (_ROW.fullmatch(line) for line in lines)
    return {
        row["reason"]: Advice(_plain(row["happened"]), _plain(row["do"])) for row in rows if row
    }


def _plain(text: str) -> str:
    return text.replace("`", "").strip()
