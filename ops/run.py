"""One invocation of a command: what it works on, whom it asks, and what it may change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from rich.console import Console
from rich.progress import Progress

from ops.aws import Aws
from ops.deployment import Deployment, find_deployment
from ops.gateways import GuardedApi, find_gateways
from ops.token_input import read_token
from ops.world import World


@dataclass(frozen=True, slots=True)
class Place:
    """Where to work, as the command line says it."""

    stack: str
    region: str | None
    profile: str | None
    endpoint_url: str | None


@dataclass(frozen=True, slots=True)
class Approval:
    """What the command line says of a change: that it is confirmed, why, and without a trail."""

    yes: bool = False
    reason: str | None = None
    without_audit: bool = False


class Run:
    """What a command is given.

    Attributes:
        world: everything outside.
        place: where to work.
        approval: of changes.
        console: the terminal for what is no answer: progress, questions, warnings.
        secrets: every token that was read, so that none goes out again.
        may_have_changed: whether anything was begun that changes something.
    """

    def __init__(
        self, world: World, place: Place, console: Console, approval: Approval | None = None
    ) -> None:
        self.world = world
        self.place = place
        self.approval = approval or Approval()
        self.console = console
        self.secrets: list[str] = []
        self.may_have_changed = False

    @cached_property
    def aws(self) -> Aws:
        """The account. Raises OpsError."""
        place = self.place
        return Aws(
            self.world.make_session,
            profile=place.profile,
            region=place.region,
            endpoint_url=place.endpoint_url,
            clock=self.world.clock,
            machine_clock=self.world.machine_clock,
        )

    @cached_property
    def deployment(self) -> Deployment:
        """The deployment that the command line names. Raises OpsError."""
        return find_deployment(self.aws, self.place.stack)

    @cached_property
    def gateways(self) -> tuple[GuardedApi, ...]:
        """The APIs that invoke the deployment's authorizer. Raises OpsError."""
        with self.progress() as bar:
            task = bar.add_task("APIs", total=None)
            return find_gateways(
                self.aws,
                self.deployment.function_arn,
                lambda done, of: bar.update(task, completed=done, total=of),
            )

    def read_token(self, source: str, what: str = "token") -> str:
        """A token from standard input or a file; see :func:`ops.token_input.read_token`."""
        token = read_token(self.world, source, what)
        self.secrets.append(token)
        return token

    def progress(self) -> Progress:
        """A progress bar for what takes long; it is gone when that is done."""
        is_seen = self.console.is_terminal
        return Progress(console=self.console, transient=True, disable=not is_seen)

    def close(self) -> None:
        """Close connections."""
        if "aws" in self.__dict__:
            self.aws.close()
