"""The real CDK command line against the local AWS."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.aws.clients import ACCOUNT_ID, CREDENTIALS, Clients

PROJECT = Path(__file__).resolve().parent.parent.parent

_TIMEOUT_SECONDS = 240


class CommandLineError(Exception):
    """The command line failed; the message is what it said."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Runs ``cdk`` as its users do, but for where it calls.

    Attributes:
        executable: ``node_modules/.bin/cdk``.
        clients: for the endpoint and the Region.
        work: a folder for what it writes: its home and the cloud assembly.
    """

    executable: Path
    clients: Clients
    work: Path

    @property
    def assembly(self) -> Path:
        """Where the last synthesis stands."""
        return self.work / "cdk.out"

    def bootstrap(self) -> None:
        """Make what deployments need: bucket, roles, version. It needs no app.

        Raises:
            CommandLineError: it failed, or said so.
        """
        self._call(["bootstrap", f"aws://{ACCOUNT_ID}/{self.clients.region}"], folder=self.work)

    def deploy(self, context: Mapping[str, str]) -> None:
        """Synthesize ``app.py`` with this context, and deploy it.

        Raises:
            CommandLineError: it failed, or said so. That it did not says nothing.
        """
        self._run("deploy", "--all", "--require-approval", "never", context=context)

    def destroy(self, context: Mapping[str, str]) -> None:
        """Destroy what is deployed.

        Raises:
            CommandLineError: it failed, or said so. That it did not says nothing.
        """
        self._run("destroy", "--all", "--force", context=context)

    def _run(self, command: str, *arguments: str, context: Mapping[str, str]) -> None:
        given = [f"--context={name}={value}" for name, value in context.items()]
        synthesis = ["--app", f"{sys.executable} app.py", "--output", str(self.assembly)]
        self._call([command, *arguments, *given, *synthesis], folder=PROJECT)

    def _call(self, arguments: Sequence[str], *, folder: Path) -> None:
        done = subprocess.run(  # noqa: S603
            [str(self.executable), *arguments, "--no-notices", "--no-color", "--ci"],
            cwd=folder,
            env=self._environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
        if done.returncode != 0:
            raise CommandLineError(f"cdk {arguments[0]} failed:\n{done.stdout.strip()}")

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not _is_of_aws(name)}
        return kept | {
            **CREDENTIALS,
            "AWS_REGION": self.clients.region,
            "AWS_ENDPOINT_URL": self.clients.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            # No proxy stands between this machine and itself.
            "NO_PROXY": "localhost,127.0.0.1",
            "CDK_HOME": str(self.work / "home"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DEFAULT_ACCOUNT": ACCOUNT_ID,
            "CDK_DEFAULT_REGION": self.clients.region,
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
            "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
        }


def _is_of_aws(name: str) -> bool:
    return name.startswith(("AWS_", "CDK_", "POWERTOOLS_"))
