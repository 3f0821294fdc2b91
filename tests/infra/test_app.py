"""The whole app, as the command line runs it: synthesizes clean, or fails with a sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.conftest import ROUTES

PROJECT = Path(__file__).resolve().parents[2]


def run_app(
    outdir: Path, *, environment: str = "", **overrides: str
) -> subprocess.CompletedProcess[str]:
    """``python app.py`` without credentials, and with nothing bundled twice."""
    context = {f"authorizer:{key}": value for key, value in overrides.items()}
    return run_app_with(
        outdir,
        json.dumps({**context, "environment": environment, "aws:cdk:bundling-stacks": []}),
    )


def run_app_with(outdir: Path, context_json: str) -> subprocess.CompletedProcess[str]:
    """The same with a context as CDK's command line hands it over, ``-c`` included."""
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=PROJECT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "CDK_OUTDIR": str(outdir),
            "CDK_CONTEXT_JSON": context_json,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def lint(outdir: Path) -> tuple[str, str]:
    """Name of the one stack, and what cfn-lint has to say about it."""
    (template,) = outdir.glob("*.template.json")
    done = subprocess.run(
        [Path(sys.executable).parent / "cfn-lint", template],
        capture_output=True,
        text=True,
        check=False,
    )
    return template.name.removesuffix(".template.json"), done.stdout


@pytest.mark.parametrize(
    ("overrides", "delays"),
    [
        (
            {
                "existingUserPoolId": "eu-west-1_Abc",
                "userPoolClientIds": "web",
                "sessionMode": "hook",
                "ledger": "false",
                "manageApiGatewayLogRole": "false",
            },
            ("= 15 s",),
        ),
        (
            {"existingUserPoolId": "eu-west-1_Abc", "userPoolClientIds": "web"}
            | {"sessionMode": "native", "sessionLimit": "3", "revocationFeed": "false"},
            ("= 20 s", "= 5 s"),
        ),
        (
            {"tokenSource": "cookie:session", "corsAllowOrigin": "https://app.example.com"}
            | {"sessionMode": "ledger", "sessionLimit": "2", "displacedAnswer": "explain"}
            | {"gradualShift": "canary10Percent5Minutes", "subnetIds": "subnet-01234567"}
            | {"securityGroupIds": "sg-01234567", "tags": '{"team": "identity"}'}
            | {"permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/Boundary"}
            | {"kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/0d1ce05c"}
            | {"reservedConcurrency": "2", "provisionedConcurrency": "1"}
            | {name: json.dumps(value) for name, value in ROUTES.items()},
            ("= 20 s", "= 5 s"),
        ),
    ],
)
def test_the_app_synthesizes_clean(
    tmp_path: Path, overrides: dict[str, str], delays: tuple[str, ...]
) -> None:
    """cdk-nag finds nothing unacknowledged, cfn-lint nothing at all, and the delays are said."""
    done = run_app(tmp_path, **overrides)
    assert done.returncode == 0, done.stderr
    for delay in delays:
        assert delay in done.stderr
    has_feed = "ledger" not in overrides and "revocationFeed" not in overrides
    assert ("a trail that logs management events must exist" in done.stderr) is has_feed
    assert lint(tmp_path) == ("CognitoSessionAuthorizer", "")


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_each_stage_synthesizes_clean(tmp_path: Path, environment: str) -> None:
    """The stages of cdk.json have nothing to complain about, and a stack of their own."""
    done = run_app(tmp_path, environment=environment)
    assert done.returncode == 0, done.stderr
    assert "= 20 s" in done.stderr
    assert "= 5 s" in done.stderr
    assert lint(tmp_path) == (f"CognitoSessionAuthorizer{environment.title()}", "")


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"verdictTtlSeconds": "56"}, "= 61 s, which is above maxRevocationDelaySeconds, 60 s"),
        ({"outageRule": "perhaps"}, "outageRule: must be one of: refuse, stale, allow"),
    ],
)
def test_the_app_refuses_with_a_sentence(
    tmp_path: Path, overrides: dict[str, str], sentence: str
) -> None:
    """An operator reads what is wrong, and no traceback."""
    done = run_app(tmp_path, **overrides)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_the_app_sees_what_stands_beside_its_settings(tmp_path: Path) -> None:
    """A misspelt stage fails, and does not become a second stack of the common settings."""
    done = run_app_with(tmp_path, '{"enviroment": "prod", "aws:cdk:bundling-stacks": []}')
    assert done.returncode == 1
    assert "enviroment: is no key of this app; is environment meant?" in done.stderr
    assert not list(tmp_path.glob("*.template.json"))


@pytest.mark.parametrize(
    ("context_json", "sentence"),
    [
        ("{environment: prod}", "CDK_CONTEXT_JSON must hold a JSON object: Expecting property"),
        ('["environment"]', "CDK_CONTEXT_JSON must hold a JSON object"),
    ],
)
def test_a_context_that_is_no_json_object_is_named(
    tmp_path: Path, context_json: str, sentence: str
) -> None:
    """One sentence names the variable, as for any other wrong setting."""
    done = run_app_with(tmp_path, context_json)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(sentence)
    assert "Traceback" not in done.stderr
