"""The data files are those that ``README.md`` describes."""

from __future__ import annotations

import hashlib
import re

from tests.vectors.published import DATA

_ROW = re.compile(r"^\| `(?P<name>[\w.]+)` .*`(?P<digest>[0-9a-f]{64})` \|$", re.MULTILINE)


def test_each_file_is_byte_for_byte_what_the_table_says() -> None:
    """Every data file stands in the table of sources, with its SHA-256."""
    text = (DATA.parent / "README.md").read_text(encoding="utf-8")
    described = {row["name"]: row["digest"] for row in _ROW.finditer(text)}
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in DATA.iterdir()}
    assert described == found
