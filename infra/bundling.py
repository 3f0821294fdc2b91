"""Builds a Lambda's zip without Docker: project packages beside wheels of a locked file.

The wheels are those of Lambda's own platform, installed by ``uv`` with their hashes checked.
What a build leaves is a function of the sources, the lock file and the Python that builds alone: no
time, path or cache of the building machine is in it, so that the same commit gives the same asset
hash anywhere and an unchanged Lambda is not deployed again.

Where the building Python is the Lambda's, byte code is in the zip too: Lambda's folder can't be
written to, so that without it every cold start compiles every module.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import uv
from aws_cdk import aws_lambda as lambda_

PROJECT = Path(__file__).resolve().parent.parent

#: Written by installers: about the installation and not about the code.
_TRACES = (
    ".lock",
    "bin",
    "*.dist-info/RECORD",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/direct_url.json",
    "*.dist-info/uv_cache.json",
)


#: Where Lambda unpacks a zip: what tracebacks call the files.
_UNPACKED = "/var/task"


class BundlingError(Exception):
    """The zip could not be built; the message says what the installer said."""


@dataclass(frozen=True, slots=True)
class Target:
    """The machine that wheels are chosen for, in uv's words."""

    platform: str
    python_version: str

    @property
    def is_this_python(self) -> bool:
        """Whether it runs the byte code that the Python which runs this writes."""
        # Between two candidates of a release byte code may change, after it no more.
        version = sys.version_info
        is_final = version.releaselevel == "final"
        return is_final and self.python_version == f"{version.major}.{version.minor}"


#: The default of a deployment. Lambda's python3.14 on arm64 is Amazon Linux 2023 with glibc 2.34.
#: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
LAMBDA = Target(platform="aarch64-manylinux_2_28", python_version="3.14")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """What one zip holds.

    Args:
        packages: folders at the top of the project, copied with their Python files only.
        requirements: the locked file, relative to the project.
        unused: glob patterns of installed files that the Lambda never opens.
        kept: glob patterns of exceptions from ``unused``.
    """

    packages: tuple[str, ...]
    requirements: str
    unused: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def build(
        self,
        output: Path,
        target: Target | None = LAMBDA,
        *,
        project: Path = PROJECT,
        files: Mapping[str, Path] | None = None,
    ) -> None:
        """Fill ``output``; for the machine and Python that run this if ``target`` is None.

        Args:
            files: further files, by their name in the zip.

        Raises:
            BundlingError: when a wheel is missing, or not what the lock file says.
        """
        self._install(output, target, project / self.requirements)
        self._prune(output)
        for package in self.packages:
            for source in sorted((project / package).rglob("*.py")):
                copy = output / source.relative_to(project)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
        for name, source in (files or {}).items():
            shutil.copyfile(source, output / name)
        if target is None or target.is_this_python:
            _compile(output)

    def code(
        self, target: Target = LAMBDA, *, files: Mapping[str, Path] | None = None
    ) -> lambda_.Code:
        """The zip for ``target`` as a CDK asset whose hash is that of its content."""
        return lambda_.Code.from_asset(
            # The build reads more than this one folder; CDK wants to be shown one.
            str(PROJECT / self.packages[0]),
            asset_hash_type=cdk.AssetHashType.OUTPUT,
            bundling=cdk.BundlingOptions(
                # Never pulled: the local build below either succeeds or raises.
                image=cdk.DockerImage.from_registry("unused"),
                local=_LocalBuild(self, target, files or {}),
            ),
        )

    def _install(self, output: Path, target: Target | None, requirements: Path) -> None:
        command = [
            *(uv.find_uv_bin(), "pip", "install", "--quiet", "--no-config"),
            *("--python", sys.executable, "--target", str(output)),
            *("--require-hashes", "--only-binary", ":all:", "--link-mode", "copy"),
            *("--requirement", str(requirements)),
        ]
        if target is not None:
            command += ["--python-platform", target.platform]
            command += ["--python-version", target.python_version]
        # Byte code would be that of the building machine's Python, and hold its paths.
        environ = {**os.environ, "UV_COMPILE_BYTECODE": "false"}
        done = subprocess.run(  # noqa: S603
            command, env=environ, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise BundlingError(f"{requirements} could not be installed:\n{done.stderr.strip()}")

    def _prune(self, output: Path) -> None:
        kept = {path for pattern in self.kept for path in output.glob(pattern)}
        for pattern in (*_TRACES, *self.unused):
            for path in sorted(output.glob(pattern)):
                if path in kept:
                    continue
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)


def _compile(output: Path) -> None:
    """Write byte code beside every module, which Python takes without looking at the source.

    PEP 552's unchecked hashes: neither a file's time, which a zip may change, nor its content is
    compared, and nothing but the source's text goes into the byte code.
    """
    done = subprocess.run(  # noqa: S603
        [
            *(sys.executable, "-S", "-m", "compileall", "-q", "-f"),
            *("--invalidation-mode", "unchecked-hash"),
            *("-s", str(output), "-p", _UNPACKED, str(output)),
        ],
        # In a process of its own and with a fixed order of sets, equal sources give equal bytes.
        env={"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BundlingError(f"{output} could not be compiled:\n{done.stdout.strip()}")


#: All but a hundredth of the zip is cryptography. cffi's and pycparser's Python files are for
#: compiling; cryptography imports only the compiled ``_cffi_backend``, which stands beside them.
#: Stubs are for type checkers.
AUTHORIZER = Bundle(
    packages=("authorizer", "environment", "issuers", "jose", "ledger", "transport"),
    requirements="authorizer/requirements.txt",
    unused=("cffi", "pycparser", "cryptography/**/*.pyi", "cryptography/**/py.typed"),
)

#: Signs its few calls itself, as the authorizer does, and needs no SDK; so do the three below.
PRE_TOKEN_HOOK = Bundle(
    packages=("pre_token_hook", "cognito", "environment", "ledger", "telemetry", "transport"),
    requirements="pre_token_hook/requirements.txt",
)

SESSION_FEED = Bundle(
    packages=("session_feed", "environment", "ledger", "telemetry", "transport"),
    requirements="session_feed/requirements.txt",
)

_BEHIND_A_ROUTE = (
    "cognito",
    "environment",
    "issuers",
    "jose",
    "ledger",
    "proxy_integration",
    "telemetry",
    "transport",
)

SIGN_OUT = Bundle(
    packages=("sign_out", *_BEHIND_A_ROUTE),
    requirements="sign_out/requirements.txt",
    unused=AUTHORIZER.unused,
)

#: One zip for all three of them.
RECEIVERS = Bundle(
    packages=("receivers", *_BEHIND_A_ROUTE),
    requirements="receivers/requirements.txt",
    unused=AUTHORIZER.unused,
)

#: With the SDK: Lambda's own may not know the operations yet. Models of some 400 services make up
#: 28 of botocore's 30 MB. boto3's own data are resources, which a client does not use.
NATIVE_SESSIONS = Bundle(
    packages=("native_sessions", "custom_resource"),
    requirements="native_sessions/requirements.txt",
    unused=("botocore/data/*/", "boto3/data", "boto3/examples"),
    kept=("botocore/data/cognito-idp",),
)


# No dataclass: jsii would pass its fields to node and not the object.
@jsii.implements(cdk.ILocalBundling)
class _LocalBuild:
    def __init__(self, bundle: Bundle, target: Target, files: Mapping[str, Path]) -> None:
        self._bundle = bundle
        self._target = target
        self._files = files

    def try_bundle(self, output_dir: str, *_options: Any, **_more: Any) -> bool:
        self._bundle.build(Path(output_dir), self._target, files=self._files)
        return True
