from __future__ import annotations

import base64
import hashlib

import pytest

from infra.bundling import AUTHORIZER
from local.aws.account import LocalAccount
from local.runtime.bundle import BundleError, compare_wheels, fetch_code, own_files
from tests.rehearsal.functions import asset, new_function


def test_own_files() -> None:
    """The project's files are its packages' and what lies beside them; wheels are not."""
    names = [
        "authorizer/handler.py",
        "ledger/rows.py",
        "jwks.json",
        "jwt/api.py",
        "typing_extensions.py",
        "_cffi_backend.cpython-314-aarch64-linux-gnu.so",
        "pyjwt-2.0.dist-info/METADATA",
    ]
    assert list(own_files(names, AUTHORIZER)) == names[:3]


def test_same_wheels() -> None:
    """The same distributions in the same versions are the same wheels, on any platform."""
    compare_wheels({"jwt-2.0.dist-info"}, ["jwt-2.0.dist-info/METADATA", "jwt/api.py"])


@pytest.mark.parametrize(
    "here", [set(), {"jwt-2.1.dist-info"}, {"jwt-2.0.dist-info", "x.dist-info"}]
)
def test_other_wheels(here: set[str]) -> None:
    """A missing, another or a further distribution is refused."""
    with pytest.raises(BundleError):
        compare_wheels(here, ["jwt-2.0.dist-info/METADATA"])


def test_other_code(account: LocalAccount) -> None:
    """A function that was not made from the asset is refused, whatever the template says."""
    arn, code = new_function(account), asset(account, "another")
    with pytest.raises(BundleError, match="has code"):
        fetch_code(account.clients, code["S3Bucket"], code["S3Key"], arn)


def test_same_code(account: LocalAccount) -> None:
    """A function's own zip comes with its configuration."""
    arn, code = new_function(account), asset(account, "own")
    answer = account.clients.of("lambda").update_function_code(FunctionName=arn, **code)
    deployed = fetch_code(account.clients, code["S3Bucket"], code["S3Key"], arn)
    digest = base64.b64encode(hashlib.sha256(deployed.content).digest()).decode()
    assert (digest, deployed.handler) == (answer["CodeSha256"], "index.handler")
