from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ops.answers import Exit
from ops.command import NEEDS
from ops.program import app
from ops.world import World
from tests.ops.bench import OpsBench
from tests.ops.scripted_aws import ScriptedAws
from tests.tokens import SessionMaker, sign

_PROJECT = Path(__file__).parents[2]


def _python(*command: str, standard_input: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=_PROJECT,
        input=standard_input,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_help_teaches(name: str) -> None:
    """The help of each command has an example of it and the IAM actions that it needs."""
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*name.split(), "--help"])
    assert shown.exit_code == 0
    assert f"python -m ops {name}" in shown.stdout
    assert "Needs:" in shown.stdout
    assert all(action in shown.stdout for action in NEEDS[name])


def test_exit_codes_are_in_the_help() -> None:
    """Each exit code stands in the program's help."""
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["--help"])
    assert all(f"{int(code)} " in shown.stdout for code in Exit)


@pytest.mark.parametrize("command", [("ttl", "show"), ("explain",), ("getuser",), ()])
def test_a_token_on_the_command_line(command: tuple[str, ...]) -> None:
    """A token given as an argument is refused, and not repeated."""
    token = sign(SessionMaker().access())
    for arguments in ([*command, token], [*command, f"--token={token}"]):
        ran = CliRunner().invoke(app, arguments, obj=World())
        assert ran.exit_code == Exit.USAGE
        assert not any(token[at : at + 12] in ran.output for at in range(len(token) - 12))


def test_a_usage_error_repeats_no_long_value() -> None:
    """What might be an opaque secret does not come back in a usage error."""
    ran = CliRunner().invoke(app, ["ttl", "show", "c2VjcmV0LXJlZnJlc2g"], obj=World())
    assert ran.exit_code == Exit.USAGE
    assert "c2VjcmV0" not in ran.output


def test_json_whatever_happens() -> None:
    """With --json a usage error is one JSON object too."""
    ran = CliRunner().invoke(app, ["ttl", "show", "--nonsense", "--json"], obj=World())
    document = json.loads(ran.stdout)
    assert (document["exit_code"], document["error"]["code"]) == (2, "usage")


def test_an_unknown_stack(bench: OpsBench) -> None:
    """A stack that exports nothing is a usage error that says so."""
    bench.name = "NoSuchStack"
    ran = bench.run("ttl", "show")
    assert ran.exit_code == Exit.USAGE
    assert ran.document["error"]["code"] == "no_such_deployment"


def test_aws_refuses(bench: OpsBench) -> None:
    """What AWS refuses ends with 3 and names the operation."""
    bench.broken.add("ssm:GetParametersByPath")
    ran = bench.run("ttl", "show")
    assert ran.exit_code == Exit.UNAVAILABLE
    assert "GetParametersByPath" in ran.document["error"]["message"]


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://example.com",
        "http://localhost:abc",
        "http://localhost:99999",
        "http://[::1",
        "//localhost:4566",
        "localhost",
    ],
)
def test_an_endpoint_elsewhere(endpoint: str) -> None:
    """An endpoint that is not on this machine, or none, is refused before anything is sent."""
    account = ScriptedAws({}, now=0)
    ran = account.run("doctor", "--endpoint-url", endpoint)
    assert (ran.exit_code, ran.document["error"]["code"]) == (Exit.USAGE, "endpoint")
    assert not account.called


@pytest.mark.parametrize("number", ["inf", "nan"])
@pytest.mark.parametrize(
    "command",
    [
        ("plan", "--sessions", "10", "--sandboxes", "1", "--delay", "20", "--requests-per-second"),
        ("probe", "--turns-per-second"),
    ],
    ids=lambda command: command[0],
)
def test_a_number_that_is_none(command: tuple[str, ...], number: str) -> None:
    """What is not finite is no number of anything."""
    account = ScriptedAws({}, now=0)
    ran = account.run(*command, number)
    assert ran.exit_code == Exit.USAGE
    assert not account.called


def test_a_terminal_without_a_width(bench: OpsBench) -> None:
    """Questions and tables are printed, whatever width the environment has."""
    bench.answers[:] = ["no"]
    asked = bench.run("revoke", "everyone", "--reason", "a drill", is_terminal=True, columns=0)
    assert asked.exit_code == Exit.NOT_CONFIRMED
    assert "This signs out EVERYONE" in asked.stderr
    shown = bench.run("ttl", "show", is_json=False, columns=0)
    assert "Refused at the latest after" in shown.stdout


def test_as_a_process() -> None:
    """The program runs as a module of its own, without CDK."""
    code = "import sys, ops.program; sys.exit(any(m.startswith('aws_cdk') for m in sys.modules))"
    assert _python("-c", code).returncode == 0
    shown = _python("-m", "ops", "ttl", "--help")
    assert shown.returncode == 0
    assert "show" in shown.stdout


def test_a_process_is_told_a_token() -> None:
    """A process that is given a token by argument ends with 2 and shows nothing of it."""
    token = sign(SessionMaker().access())
    ran = _python("-m", "ops", "explain", token)
    assert ran.returncode == Exit.USAGE
    assert token[:12] not in ran.stdout + ran.stderr
