"""``python -m local.dashboard --out FILE``: the dashboard of ``cdk.json``'s settings, as HTML."""

from __future__ import annotations

import argparse
from pathlib import Path

from local.dashboard.definition import synthesized
from local.dashboard.page import page


def main() -> None:
    """Render."""
    parser = argparse.ArgumentParser(prog="python -m local.dashboard", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    arguments = parser.parse_args()
    arguments.out.write_text(page(synthesized()), encoding="utf-8")


if __name__ == "__main__":
    main()
