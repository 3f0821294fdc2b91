"""``docs/stories/cookies.md`` against what was seen."""

from __future__ import annotations

from pathlib import Path

from local.stories.remains import ENDED, Thing, Way

PAGE = Path(__file__).resolve().parents[2] / "docs/stories/cookies.md"


def test_the_table_says_what_is_tested() -> None:
    """Each cell of a tested column is the outcome that the story checks, and none is missing."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text().splitlines()
        if line.startswith("|")
    ]
    header, body = rows[0], rows[2:]
    written = {
        (way, row[0]): cell.partition(" ")[0]
        for row in body
        for way, cell in zip(header[1:], row[1:], strict=True)
        if not way.endswith("†")
    }
    assert written == {
        (way, thing): "ends" if thing in ENDED[way] else "stays" for way in Way for thing in Thing
    }
