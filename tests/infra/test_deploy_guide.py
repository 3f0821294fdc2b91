"""docs/deploy.md: every command is run by a test or marked, and none is made up."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest
from aws_cdk.assertions import Template
from botocore import xform_name

from benchmarks.figures import read_report

PROJECT = Path(__file__).resolve().parents[2]
GUIDE = (PROJECT / "docs" / "deploy.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```console\n(?P<commands>.*?)```\n\n(?P<mark>\*[^\n]*)?", re.DOTALL)
BLOCKS = [(match["commands"], match["mark"] or "") for match in BLOCK.finditer(GUIDE)]
COMMANDS = "\n".join(commands.replace("\\\n", " ") for commands, _ in BLOCKS)

#: One call of the AWS command line, up to the end of its line or of ``$(…)``.
AWS = re.compile(r"\baws (?P<service>[a-z-]+) (?P<operation>[a-z-]+)(?P<options>[^\n)]*)")
CALLS = [(m["service"], m["operation"], m["options"]) for m in AWS.finditer(COMMANDS)]

#: Of the command line itself, and of no operation.
GLOBAL_OPTIONS = {"--query", "--output"}


@pytest.mark.parametrize(("commands", "mark"), BLOCKS)
def test_every_block_says_what_runs_it(commands: str, mark: str) -> None:
    """A block is marked as needing an account, or names a test that is there."""
    named = re.match(r"\*Run by `(?P<test>[\w/.]+)`\.\*", mark)
    if named is None:
        assert mark.startswith("*Needs an account"), commands
    else:
        assert (PROJECT / named["test"]).is_file()
        assert " synth" in commands


def test_the_guide_has_the_whole_way() -> None:
    """The search for blocks has found them: there, on, back and away."""
    assert len(BLOCKS) == GUIDE.count("```console")
    assert len(CALLS) == COMMANDS.count("aws ")
    for step in ("bootstrap", "make deploy", "admin-user-global-sign-out", "update-alias"):
        assert step in COMMANDS
    assert "cdk destroy" in COMMANDS


@pytest.mark.parametrize(("service", "operation", "options"), CALLS)
def test_aws_knows_the_call(service: str, operation: str, options: str) -> None:
    """The operation exists, takes these options, and asks for no other."""
    model = botocore.session.get_session().get_service_model(service)
    (name,) = [n for n in model.operation_names if xform_name(n, "-") == operation]
    shape = model.operation_model(name).input_shape
    assert shape is not None
    members = {f"--{xform_name(member, '-')}" for member in shape.members}
    required = {f"--{xform_name(member, '-')}" for member in shape.required_members}
    given = {word for word in shlex.split(options) if word.startswith("--")} - GLOBAL_OPTIONS
    assert required <= given <= members


def test_outputs_exist(new_pool: Template) -> None:
    """What the guide reads from the stack is one of its outputs."""
    read = set(re.findall(r"output_of (\w+)", COMMANDS))
    assert {"ApiUrl", "UserPoolId"} < read <= set(new_pool.find_outputs("*"))


def test_make_knows_the_targets() -> None:
    """Each ``make`` of the guide is a target."""
    for target in set(re.findall(r"\bmake ([a-z]+)", GUIDE)):
        done = subprocess.run(["make", "-n", target], cwd=PROJECT, capture_output=True, check=False)
        assert done.returncode == 0, target


@pytest.mark.parametrize("target", ["bootstrap", "deploy", "tools"])
def test_a_clean_clone_gets_what_is_locked_first(tmp_path: Path, target: str) -> None:
    """Environment and CDK command line are installed from their locks before CDK is called."""
    for name in ("Makefile", "requirements-dev.txt", "package-lock.json"):
        shutil.copy(PROJECT / name, tmp_path)
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    environment = done.stdout.index("--require-hashes -r requirements-dev.txt")
    command_line = done.stdout.index("npm ci ")
    if target == "tools":
        assert "npx" not in done.stdout
    else:
        assert max(environment, command_line) < done.stdout.index(f"npx --no-install cdk {target}")


def test_jsii_says_nothing_of_the_version_of_node() -> None:
    """With the variables that make, and the rehearsal like it, set: no banner before the delays."""
    name_and_value = r"(JSII_SILENCE_WARNING_\w+?_NODE_VERSION)(?: := |\": \")(\w+)"
    silenced, rehearsed = (
        dict(re.findall(name_and_value, (PROJECT / file).read_text(encoding="utf-8")))
        for file in ("Makefile", "local/aws/command_line.py")
    )
    done = subprocess.run(
        [sys.executable, "-c", "import constructs"],
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]} | silenced,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert rehearsed == silenced


def test_a_version_is_as_large_as_the_zip() -> None:
    """What each kept version takes is what was measured last."""
    (size,) = [figure.value for figure in read_report().figures if figure.name == "size.zip"]
    assert f"Versions are kept, {size:.0f} MB each" in GUIDE


@pytest.mark.parametrize("page", ["README.md", "docs/deploy.md", "docs/operations.md"])
def test_no_line_has_npx_install_what_is_not_locked(page: str) -> None:
    """A CDK command line that is not there is an error, not a question."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    typed = re.sub(r"```text.*?```", "", text, flags=re.DOTALL)
    assert "npx cdk" not in typed


@pytest.mark.parametrize(
    ("page", "target"),
    [("docs/operations.md", "tools"), ("ops/README.md", "setup")],
)
def test_the_operators_pages_begin_with_the_environment(page: str, target: str) -> None:
    """Before the first call of the program stands what makes its Python, and how it is found."""
    text = (PROJECT / page).read_text(encoding="utf-8")
    first_block = text.partition("```console\n")[2].partition("```")[0].splitlines()
    assert first_block[0] == f"make {target}"
    assert first_block[1].startswith('export PATH="$PWD/.venv/bin:$PATH"')


def test_settings_of_the_guide_exist() -> None:
    """Each ``-c authorizer:<key>`` is in the table of settings, each stage in cdk.json."""
    table = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    for key in re.findall(r"-c authorizer:(\w+)", GUIDE):
        assert f"| `{key}` |" in table
    stages = (PROJECT / "cdk.json").read_text(encoding="utf-8")
    for stage in re.findall(r"environment(?:=|\": \")(\w+)", GUIDE):
        assert f'"{stage}": {{' in stages


def test_the_shell_can_read_it() -> None:
    """All blocks together are a script without a slip of syntax."""
    done = subprocess.run(
        ["bash", "-n"], input=COMMANDS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
