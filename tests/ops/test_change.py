"""What every change has in common: confirmation, reason, trail."""

from __future__ import annotations

from typing import Any

import pytest

from ops.answers import Exit
from tests.ops.bench import OpsBench
from tests.ops.deployed import aws_client


def test_the_trail_has_both_lines(bench: OpsBench) -> None:
    """Who, what, when and why stand in the trail before the change, and what came of it after."""
    bench.sign_in("ada")
    assert bench.change("revoke", "user", "ada", reason="left the company").exit_code == Exit.FINE
    intended, done = bench.trail()
    assert (intended["phase"], done["phase"]) == ("intended", "done")
    assert intended["run_id"] == done["run_id"]
    assert intended["caller"].startswith("arn:aws:")
    assert intended["action"] == "revoke user"
    assert intended["reason"] == "left the company"
    assert intended["target"]["user"] == bench.subject("ada")
    assert "layers" not in intended
    assert any("AdminUserGlobalSignOut: done" in layer for layer in done["layers"])


@pytest.mark.parametrize("operation", ["logs:CreateLogStream", "logs:PutLogEvents"])
def test_no_trail_no_change(bench: OpsBench, operation: str) -> None:
    """If the trail cannot be written nothing is done, and the way past it is named."""
    bench.sign_in("ada")
    bench.broken.add(operation)
    ran = bench.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.UNAVAILABLE
    assert "--without-audit" in ran.document["error"]["message"]
    assert "not_before" not in bench.user_item("ada")


def test_a_deployment_without_a_trail(bench: OpsBench) -> None:
    """A deployment that exports no log group is treated as one whose trail cannot be written."""
    ssm = aws_client(bench.stack.cognito.url, "ssm")
    ssm.delete_parameter(Name=f"/{bench.name}/authorizer/operator-log-group")
    bench.sign_in("ada")
    assert bench.change("revoke", "user", "ada").exit_code == Exit.UNAVAILABLE


def test_without_audit_has_to_be_spelled_out(bench: OpsBench) -> None:
    """Then it is done, and the trail is not called."""
    bench.sign_in("ada")
    bench.broken.add("logs:PutLogEvents")
    ran = bench.run("revoke", "user", "ada", "--yes", "--without-audit")
    assert ran.exit_code == Exit.FINE, ran.everything
    assert bench.called["logs:PutLogEvents"] == 0


def test_the_second_line_fails(bench: OpsBench) -> None:
    """If what came of it cannot be written down, it is done, and a warning says so."""
    bench.sign_in("ada")
    bench.broken_after["logs:PutLogEvents"] = 1
    ran = bench.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.FINE
    assert any("not in the trail" in warning for warning in ran.document["warnings"])
    assert [line["phase"] for line in bench.trail()] == ["intended"]


def test_yes_needs_a_reason(bench: OpsBench) -> None:
    """A script has to say why."""
    bench.sign_in("ada")
    ran = bench.run("revoke", "user", "ada", "--yes")
    assert (ran.exit_code, ran.document["error"]["code"]) == (Exit.USAGE, "reason")
    assert "not_before" not in bench.user_item("ada")


@pytest.mark.parametrize("reason", [" ", "x" * 501, "a\x1b[31mb"])
def test_a_reason_that_is_none(bench: OpsBench, reason: str) -> None:
    """An empty, endless or unprintable reason is refused."""
    bench.sign_in("ada")
    assert bench.change("revoke", "user", "ada", reason=reason).exit_code == Exit.USAGE
    assert bench.trail() == []


def test_nobody_there_to_confirm(bench: OpsBench) -> None:
    """Without a terminal and without --yes nothing is done."""
    bench.sign_in("ada")
    ran = bench.run("revoke", "user", "ada", "--reason", "a drill")
    assert ran.exit_code == Exit.NOT_CONFIRMED
    assert bench.trail() == []
    assert "not_before" not in bench.user_item("ada")


@pytest.mark.parametrize("answer", ["no", "y", ""])
def test_anything_but_yes_is_no(bench: OpsBench, answer: str) -> None:
    """Only the whole word confirms."""
    bench.sign_in("ada")
    bench.answers[:] = ["a drill", answer]
    ran = bench.run("revoke", "user", "ada", is_terminal=True)
    assert ran.exit_code == Exit.NOT_CONFIRMED
    assert "not_before" not in bench.user_item("ada")


def _press() -> None:
    raise KeyboardInterrupt


def test_interrupted_at_the_question(bench: OpsBench) -> None:
    """Ctrl-C at the terminal before anything is begun: nothing was done, and that is said."""
    bench.sign_in("ada")
    bench.meanwhile = _press
    for command in (("revoke", "user", "ada"), ("sign-out", "--admin", "ada")):
        ran = bench.run(*command, "--reason", "a drill", is_terminal=True)
        assert ran.exit_code == Exit.INTERRUPTED
        assert ran.document["error"]["message"] == "interrupted; nothing was done"
    assert bench.trail() == []
    assert "not_before" not in bench.user_item("ada")


@pytest.mark.parametrize("operation", ["PutLogEvents", "AdminUserGlobalSignOut"])
def test_interrupted_half_way(bench: OpsBench, operation: str) -> None:
    """Ctrl-C once it is begun: it is said that what was begun may be done."""
    bench.sign_in("ada")

    def press(*, model: Any, **_: Any) -> None:
        if model.name == operation:
            _press()

    bench.watch = press
    ran = bench.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.INTERRUPTED
    assert "may be done or not" in ran.document["error"]["message"]


def test_confirmed_at_the_terminal(bench: OpsBench) -> None:
    """Asked why and whether, a person is told what it means, and it is done."""
    bench.sign_in("ada")
    bench.answers[:] = ["phone stolen", "yes"]
    ran = bench.run("revoke", "user", "ada", is_terminal=True)
    assert ran.exit_code == Exit.FINE
    assert "signs ada out everywhere" in ran.stderr
    assert bench.trail()[0]["reason"] == "phone stolen"


def test_a_line_that_the_log_rejects(bench: OpsBench) -> None:
    """CloudWatch Logs takes a call and drops its line if the time is far off: that is no trail."""
    bench.sign_in("ada")
    bench.clock.advance(3 * 3600)
    ran = bench.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.UNAVAILABLE
    assert ran.document["error"]["code"] == "trail_unavailable"
    assert "not_before" not in bench.user_item("ada")
