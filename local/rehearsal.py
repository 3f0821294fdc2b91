"""``make rehearse``: the deployment itself, rehearsed on this machine.

The real CDK command line bootstraps a local AWS and deploys the app into it. Every resource is
read back and compared with what the template means, whatever the command line says. Then the
story of ``make demo`` is told on what was deployed: the gateway is configured from the deployed
API, and the deployed bundles run in AWS's own runtime client under AWS's own emulator. Each
part of the story wants other settings, which are deployed as changes of the stack. At the end
the stack is destroyed, and what is left is compared with what should be.

Exits with 1 if anything is otherwise than it should be.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path

from rich.console import Console

from local.aws.account import LocalAccount
from local.aws.changes import changes, unserved
from local.aws.command_line import PROJECT, CommandLine, CommandLineError
from local.aws.read_back import Comparison, DeployedStack
from local.bench import Bench, Deployment
from local.isolation import isolate
from local.product_api import REGION
from local.runtime.account_of_rehearsal import resources_table
from local.runtime.bench import DeployedBench, RunningStack, open_bench_on
from local.runtime.context import DEVICES, client_ids_of, context_of, context_of_existing
from local.runtime.existing_pool import ExistingPool, differences, with_trigger
from local.runtime.existing_pool import tell as tell_of_existing_pool
from local.runtime.fleet import SandboxClock
from local.runtime.functions import CodeFolders, DeployedFunctions, FunctionsOfDeployments
from local.runtime.provider import PushingProvider
from local.runtime.tools import Tools, fetch_tools
from local.story import Step, tell
from local.story.table import chapter_table

_CDK = PROJECT / "node_modules" / ".bin" / "cdk"


class Rehearsal:
    """One stack in one account, deployed again and again.

    Attributes:
        problems: everything that was otherwise than it should be.
    """

    def __init__(self, console: Console, tools: Tools, work: Path, started: ExitStack) -> None:
        self.problems: list[str] = []
        self._console = console
        self._tools = tools
        self._clock = SandboxClock(work)
        started.callback(self._clock.close)
        self._account = started.enter_context(LocalAccount(self._clock, REGION))
        self._cdk = CommandLine(_CDK, self._account.clients, work)
        self._code = CodeFolders(work / "code")
        deploying = FunctionsOfDeployments(self._account, tools, self._clock, self._code)
        self._account.call_function = deploying.call
        self._context: dict[str, str] = {}
        self._stack: DeployedStack | None = None
        self._untold: list[Step] = []

    def bootstrap(self) -> None:
        """Prepare the account."""
        with self._timed("cdk bootstrap"):
            self._cdk.bootstrap()

    def tell(self) -> list[Step]:
        """The whole story, printed as it goes."""
        steps = []
        for step in tell(self.open_bench):
            self._untold.append(step)
            steps.append(step)
        return steps

    @contextmanager
    def open_bench(self, deployment: Deployment) -> Iterator[Bench]:
        """Deploy what is wanted, and run it; :data:`local.bench.OpenBench`."""
        stack = self._deploy(context_of(deployment))
        client_ids = client_ids_of(stack.of_type("AWS::Cognito::UserPoolClient"))
        with self._run(stack, client_ids, sandboxes=deployment.sandboxes) as bench:
            yield bench

    def rehearse_existing_pool(self) -> list[Step]:
        """Deploy for a pool that was there before, which must come through it as it was.

        With the routes that end sessions, which a deployment has only if it asks for them.
        """
        pool = ExistingPool(self._account.clients, DEVICES)
        before = pool.described()
        provider = PushingProvider(self._account.answers, self._clock)
        context = context_of_existing(pool.pool_id, pool.client_ids, [provider.transmitter])
        stack = self._deploy(context)
        meant = with_trigger(before, stack.outputs["SingleSessionHookArn"])
        self._report_all(differences(meant, pool.described()))
        with self._run(stack, pool.client_ids, sandboxes=1) as bench:
            steps = list(tell_of_existing_pool(bench, provider))
            self._untold += steps
        self.destroy()
        self._report_all(differences(before, pool.described()))
        return steps

    @contextmanager
    def _run(
        self, stack: DeployedStack, client_ids: Mapping[str, str], *, sandboxes: int
    ) -> Iterator[DeployedBench]:
        with DeployedFunctions(
            self._account,
            stack,
            self._tools,
            self._clock,
            code=self._code,
            sandboxes=sandboxes,
        ) as functions:
            functions.attach_triggers(stack.outputs["UserPoolId"])
            running = RunningStack(self._account, stack, functions, client_ids, self._clock)
            try:
                with open_bench_on(running, self._clock) as bench:
                    yield bench
            finally:
                self._print_steps()

    def destroy(self) -> None:
        """Destroy the stack, and look for what is left."""
        assert self._stack is not None
        with self._timed("cdk destroy"):
            self._cdk.destroy(self._context)
        rows = list(self._stack.remainders())
        self._note(rows)
        kept = [row.logical_id for row in rows if row.compared == ("retained",)]
        self._console.print(
            f"{len(rows)} resources: {len(rows) - len(kept)} are gone, {len(kept)} retained as the"
            f" template says ({', '.join(kept)})\n"
        )
        self._stack = None

    def _deploy(self, context: dict[str, str]) -> DeployedStack:
        if self._stack is not None and context == self._context:
            return self._stack
        with self._timed("cdk deploy"):
            self._cdk.deploy(context)
        before, stack = self._stack, DeployedStack(self._account.clients, self._cdk.assembly)
        if not stack.status.endswith("_COMPLETE"):
            self._report(f"the stack is {stack.status}")
        rows = list(stack.comparisons())
        self._note(rows)
        if before is None:
            self._console.print(resources_table(rows), "")
        else:
            made = list(changes(before.template["Resources"], stack.template["Resources"]))
            self._console.print(*(str(change) for change in made), sep="\n", markup=False)
            if not made:
                self._report(f"nothing changed with {context}")
            self._report_all(unserved(made))
        self._console.print(f"{len(rows)} resources read back\n")
        self._context, self._stack = context, stack
        return stack

    def _print_steps(self) -> None:
        for chapter, steps in groupby(self._untold, key=lambda step: step.chapter):
            self._console.print(chapter_table(chapter, steps), "")
        self._untold.clear()

    def _note(self, rows: Sequence[Comparison]) -> None:
        for row in rows:
            for problem in row.problems:
                self._report(f"{row.logical_id} ({row.kind}): {problem}")

    def _report_all(self, problems: Iterable[str]) -> None:
        for problem in problems:
            self._report(problem)

    def _report(self, problem: str) -> None:
        self.problems.append(problem)
        self._console.print(problem, style="bold red", markup=False)

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self._console.print(f"[bold]{what}[/bold] took {time.monotonic() - begun:.1f} s")


def main() -> int:
    """Rehearse; the exit code."""
    isolate(os.environ)
    console = Console(highlight=False)
    if not _CDK.exists():
        console.print(f"[bold red]{_CDK} is missing: run npm ci")
        return 1
    with tempfile.TemporaryDirectory() as work, ExitStack() as started:
        rehearsal = Rehearsal(console, fetch_tools(), Path(work), started)
        try:
            rehearsal.bootstrap()
            steps = rehearsal.tell()
            rehearsal.destroy()
            if "--existing-pool" in sys.argv[1:]:
                steps += rehearsal.rehearse_existing_pool()
        except CommandLineError as error:
            console.print(f"[bold red]{error}", markup=False)
            return 1
    wrong = len(rehearsal.problems) + sum(not step.is_as_told for step in steps)
    if wrong or not steps:
        console.print(f"[bold red]{wrong} things went otherwise than they should.")
        return 1
    console.print(
        f"[bold green]{len(steps)} steps, and every one went as told, on what was deployed."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
