"""The zips: only what the Lambdas import, the same bytes anywhere, and importable by themselves."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest

from infra.bundling import (
    AUTHORIZER,
    NATIVE_SESSIONS,
    PRE_TOKEN_HOOK,
    PROJECT,
    SESSION_FEED,
    Bundle,
    BundlingError,
)
from infra.pool_trigger import POOL_TRIGGER
from infra.settings import DeploymentSettings
from infra.stack import SessionAuthorizerStack

BUNDLES = {
    "authorizer": AUTHORIZER,
    "native_sessions": NATIVE_SESSIONS,
    "pool_trigger": POOL_TRIGGER,
    "pre_token_hook": PRE_TOKEN_HOOK,
    "session_feed": SESSION_FEED,
}

#: Those whose zip holds the SDK, pruned to Cognito's model.
WITH_SDK = {"native_sessions", "pool_trigger"}

#: What each handler reads when it is imported.
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
    "ISSUERS": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc",
    "CLIENT_IDS": "web",
    "USER_POOL_ID": "eu-west-1_Abc",
    "LEDGER_TABLE": "table",
}

#: Lambda's limit is 250 MB unzipped; these are ours, somewhat above what is needed today.
MAX_BYTES = {
    "authorizer": 16_000_000,
    "native_sessions": 12_000_000,
    "pool_trigger": 12_000_000,
    "pre_token_hook": 6_000_000,
    "session_feed": 6_000_000,
}

#: Run where no path but the bundle's leads to any package; ``-I -S`` drops the others.
IMPORT = """
import sys
sys.path.insert(0, sys.argv[1])
import {package}.handler as module
assert callable(module.handler)
{use}
outside = [
    name for name, found in sys.modules.items()
    if (file := getattr(found, "__file__", None))
    and not file.startswith((sys.argv[1], sys.base_prefix))
]
assert not outside, outside
"""

#: What only compiled code and data files can do: check a signature, and know an endpoint.
USE = {
    "authorizer": """
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from jose.signature import is_rs256_signature as verify
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
signature = key.sign(b"1", padding.PKCS1v15(), padding.hashes.SHA256())
assert [verify(key.public_key(), text, signature) for text in (b"1", b"2")] == [True, False]
assert not {"aws_lambda_powertools", "boto3", "jwt"} & set(sys.modules)
""",
    "pre_token_hook": """
from types import SimpleNamespace
event = {"triggerSource": "TokenGeneration_RefreshTokens"}
assert module.handler(event, SimpleNamespace(aws_request_id="1")) is event
assert "boto3" not in sys.modules
""",
    "native_sessions": """
import boto3
client = boto3.client("cognito-idp")
assert client.meta.method_to_api_mapping["set_user_pool_session_configuration"]
assert client.meta.method_to_api_mapping["get_user_pool_session_configuration"]
""",
    "pool_trigger": """
import boto3
client = boto3.client("cognito-idp")
assert client.meta.method_to_api_mapping["describe_user_pool"]
assert client.meta.method_to_api_mapping["update_user_pool"]
""",
    # Reads no event of another pool: nothing is written, and everything else is loaded.
    "session_feed": """
from types import SimpleNamespace
detail = {"eventName": "GlobalSignOut", "requestParameters": {"userPoolId": "eu-west-1_Other"}}
module.handler({"detail": detail}, SimpleNamespace(aws_request_id="1"))
assert "boto3" not in sys.modules
""",
}


@pytest.fixture(scope="session", params=sorted(BUNDLES))
def package(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def built(package: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle for Lambda's platform."""
    output = tmp_path_factory.mktemp(f"{package}-lambda")
    BUNDLES[package].build(output)
    return output


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_another_checkout_gives_the_same_bytes(
    package: str, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the place of the checkout, byte code in it nor uv's own settings show in the zip."""
    monkeypatch.setenv("UV_COMPILE_BYTECODE", "1")
    checkout = tmp_path / "elsewhere"
    for name in BUNDLES[package].packages:
        shutil.copytree(PROJECT / name, checkout / name)
        cache = checkout / name / "__pycache__"
        cache.mkdir(exist_ok=True)
        (cache / "stray.cpython-311.pyc").write_bytes(b"stray")
        (checkout / name / "notes.txt").write_text("stray")
    BUNDLES[package].build(tmp_path / "output", project=checkout)
    assert contents(tmp_path / "output") == contents(built)


def test_the_asset_hash_is_that_of_the_content(tmp_path: Path) -> None:
    """Two synths give one hash, so that an unchanged Lambda stays; one more file, another."""
    more = tmp_path / "more.json"
    more.write_text("{}")
    keys = []
    for number, files in enumerate(({}, {}, {"more.json": more})):
        stack = cdk.Stack(cdk.App(outdir=str(tmp_path / str(number))), f"Stack{number}")
        location = AUTHORIZER.code(files=files).bind(stack).s3_location
        assert location is not None
        keys.append(location.object_key)
    assert keys[0] == keys[1]
    assert keys[0] != keys[2]


def test_a_changed_source_gives_another_hash(package: str, built: Path, tmp_path: Path) -> None:
    """A change in any of the packages is deployed."""
    for name in BUNDLES[package].packages:
        shutil.copytree(PROJECT / name, tmp_path / name)
    changed_file = f"{BUNDLES[package].packages[-1]}/__init__.py"
    with (tmp_path / changed_file).open("a") as file:
        file.write("# changed\n")
    BUNDLES[package].build(tmp_path / "output", project=tmp_path)
    changed = contents(tmp_path / "output").items() ^ contents(built).items()
    assert {name for name, _ in changed if not name.endswith(".pyc")} == {changed_file}


def test_the_zip_is_for_lambda(built: Path) -> None:
    """Compiled modules are for arm64 and Python 3.14, or for any Python's stable interface."""
    compiled = [path.name for path in built.rglob("*.so")]
    assert all(
        name.endswith((".cpython-314-aarch64-linux-gnu.so", ".abi3.so")) for name in compiled
    )
    for path in built.rglob("*.so"):
        # ELF header, e_machine: 183 is AArch64.
        assert path.read_bytes()[18] == 183


def test_the_zip_holds_nothing_superfluous(package: str, built: Path) -> None:
    """Neither lock files nor tests, stubs, installers' notes or scripts are in the zip."""
    names = {name for name in contents(built) if not name.endswith(".pyc")}
    own = {name for name in names if name.startswith(BUNDLES[package].packages)}
    assert own
    assert all(name.endswith(".py") for name in own)
    for part in ("RECORD", "direct_url.json", ".lock", "requirements"):
        assert not [name for name in names if part in name]
    assert not (built / "bin").exists()
    assert sum((built / name).stat().st_size for name in names) < MAX_BYTES[package]


def test_no_zip_brings_more_than_one_services_model(package: str, built: Path) -> None:
    """Of the SDK's service models only Cognito's is shipped, and only where it is called."""
    models = [path.name for path in built.glob("botocore/data/*/")]
    assert models == (["cognito-idp"] if package in WITH_SDK else [])


def test_the_handler_imports_from_the_zip_alone(package: str, tmp_path: Path) -> None:
    """Nothing that was left out is needed: the handler starts with only the bundle to import."""
    BUNDLES[package].build(tmp_path, target=None)
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            IMPORT.format(package=package, use=USE[package]),
            str(tmp_path),
        ],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_further_files_are_in_the_zip(tmp_path: Path) -> None:
    """Keys can be bundled at deploy time, where the authorizer is told to look for them."""
    keys = tmp_path / "keys-of-today.json"
    keys.write_text('{"fetched_at": 1, "issuers": {}}')
    app = cdk.App(
        context={
            "authorizer": {"bundledJwksFile": str(keys), "sessionMode": "off", "ledger": False}
        }
    )
    settings = DeploymentSettings.from_context(app.node.get_all_context())
    stack = SessionAuthorizerStack(app, settings)
    assembly = app.synth()
    template = assembly.get_stack_artifact(stack.artifact_id).template
    functions = "AWS::Lambda::Function"
    (function,) = [r for r in template["Resources"].values() if r["Type"] == functions]
    unpacked = Path(function["Properties"]["Environment"]["Variables"]["JWKS_FILE"])
    assert unpacked.parent == Path("/var/task")
    shipped = list(Path(assembly.directory).glob(f"asset.*/{unpacked.name}"))
    assert [json.loads(file.read_text()) for file in shipped] == [json.loads(keys.read_text())]


def test_a_package_that_is_not_what_was_locked_fails(tmp_path: Path) -> None:
    """Without its hash nothing is installed, and nothing else is tried."""
    (tmp_path / "requirements.txt").write_text("six==1.17.0\n")
    bundle = Bundle(packages=("environment",), requirements="requirements.txt")
    with pytest.raises(BundlingError, match="could not be installed"):
        bundle.build(tmp_path / "output", project=tmp_path)
