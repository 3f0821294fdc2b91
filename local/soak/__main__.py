"""``make soak``: exit code 1 if something grows, an answer was not expected, or too
little has happened to say so.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from local.isolation import isolate
from local.soak.plan import Plan
from local.soak.report import tell
from local.soak.run import soak


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak; the exit code."""
    chosen = _parser().parse_args(arguments)
    isolate(os.environ)
    # Metrics are written, as in Lambda, and nobody reads them: switched off, they would gather.
    del os.environ["POWERTOOLS_METRICS_DISABLED"]
    console = Console(highlight=False, markup=False, file=sys.stdout)
    if not console.is_terminal:
        console.width = 100
    plan = Plan(seconds=chosen.minutes * 60, seed=chosen.seed, requests_per_second=chosen.rate)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        Progress(*columns, console=console, transient=True, redirect_stdout=False) as progress,
        redirect_stdout(nowhere),
    ):
        task = progress.add_task(f"soaking, seed {plan.seed}", total=plan.seconds)
        outcome = soak(plan, told=lambda left: progress.update(task, completed=plan.seconds - left))
    tell(console, outcome.tally, outcome.findings, outcome.grown)
    for problem in outcome.lacking:
        console.print(problem)
    console.print(f"seed {plan.seed}: {'flat' if outcome.is_good else 'NOT AS IT SHOULD BE'}")
    return 0 if outcome.is_good else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long (default 30)")
    parser.add_argument("--seed", type=int, default=0, help="of what people do (default 0)")
    parser.add_argument(
        "--rate", type=float, default=40.0, metavar="N", help="requests a second (default 40)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
