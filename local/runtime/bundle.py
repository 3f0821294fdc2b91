"""A deployed function's code, made to run on this machine.

The zip is for Lambda's processor and Python. Here its wheels are replaced by those of the same
lock file for this machine; the project's own files are the very ones that were deployed.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import sys
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import infra.stack  # noqa: F401  # so that every bundle of the project is known
from infra.bundling import Bundle
from local.aws.clients import Clients
from local.aws.lambda_readings import sha256_of_asset


class BundleError(Exception):
    """What is deployed is not what would run."""


@dataclasses.dataclass(frozen=True, slots=True)
class DeployedCode:
    """A function's zip, as it is in the account, and the function's configuration."""

    configuration: Mapping[str, Any]
    content: bytes

    @property
    def handler(self) -> str:
        """``package.module.function``."""
        return str(self.configuration["Handler"])

    @property
    def variables(self) -> Mapping[str, str]:
        """The function's environment."""
        variables: Mapping[str, str] = self.configuration.get("Environment", {}).get(
            "Variables", {}
        )
        return variables

    def unpack_for_host(self, output: Path) -> None:
        """Fill ``output`` with what runs here.

        Raises:
            BundleError: the wheels in the zip are not those of the lock file.
            infra.bundling.BundlingError: a wheel does not exist for this machine.
        """
        bundle = _bundle_of(self.handler)
        dataclasses.replace(bundle, packages=()).build(output, None)
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            compare_wheels({path.name for path in output.glob("*.dist-info")}, names)
            for name in own_files(names, bundle):
                archive.extract(name, output)


def find_asset(clients: Clients, bucket: str, function_name: str) -> str:
    """The key of the zip in the bucket that a function was made from.

    Raises:
        BundleError: there is none.
    """
    configuration = clients.of("lambda").get_function_configuration(FunctionName=function_name)
    for item in clients.of("s3").list_objects_v2(Bucket=bucket).get("Contents", []):
        key = str(item["Key"])
        is_zip = key.endswith(".zip")
        if is_zip and sha256_of_asset(clients, bucket, key) == configuration["CodeSha256"]:
            return key
    raise BundleError(f"nothing in {bucket} is the code of {function_name}")


def fetch_code(clients: Clients, bucket: str, key: str, function_name: str) -> DeployedCode:
    """The zip that a function was made from.

    Raises:
        BundleError: the function says another hash than the zip has.
    """
    configuration = clients.of("lambda").get_function_configuration(FunctionName=function_name)
    content: bytes = clients.of("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    if digest != configuration["CodeSha256"]:
        raise BundleError(f"{function_name} has code {configuration['CodeSha256']}, not {digest}")
    return DeployedCode(configuration, content)


def _bundle_of(handler: str) -> Bundle:
    package = handler.partition(".")[0]
    modules = [module for name, module in sys.modules.items() if name.startswith("infra.")]
    for bundle in (value for module in modules for value in vars(module).values()):
        if isinstance(bundle, Bundle) and bundle.packages[0] == package:
            return bundle
    raise BundleError(f"no bundle of this project begins with {package}")


def own_files(names: Iterable[str], bundle: Bundle) -> Iterator[str]:
    """Of the files in a bundle's zip, those that came from this project."""
    for name in names:
        top, _, below = name.partition("/")
        # At the top there are compiled modules of wheels, and files of the project's.
        if top in bundle.packages or (not below and not name.endswith((".so", ".py"))):
            yield name


def compare_wheels(here: Collection[str], names: Iterable[str]) -> None:
    """Do nothing if a zip has the distributions that were installed here.

    Args:
        here: folders of metadata, whose names hold name and version.
        names: of the files in the zip.

    Raises:
        BundleError: it has others.
    """
    deployed = {name.partition("/")[0] for name in names if ".dist-info/" in name}
    if deployed != set(here):
        raise BundleError(
            f"deployed are {sorted(deployed - set(here))}, here {sorted(set(here) - deployed)}"
        )
