"""What the function sees after it wrote: its own work, a lagging answer, or somebody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .cognito import FakeCognito
from .every_setting import HOOK, OTHER, POOL, every_setting
from .stack import Stack


def lose_mfa(pool: dict[str, Any]) -> None:
    pool["MfaConfiguration"] = "OFF"


def lose_a_trigger(pool: dict[str, Any]) -> None:
    del pool["LambdaConfig"]["PreSignUp"]


def shorten_passwords(pool: dict[str, Any]) -> None:
    pool["Policies"]["PasswordPolicy"]["MinimumLength"] = 6


def lose_the_domain(pool: dict[str, Any]) -> None:
    del pool["Domain"]


def give_the_trigger_away(pool: dict[str, Any]) -> None:
    pool["LambdaConfig"] = every_setting(OTHER)["LambdaConfig"]


def change_the_version(pool: dict[str, Any]) -> None:
    pool["LambdaConfig"]["PreTokenGenerationConfig"]["LambdaVersion"] = "V2_0"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lose_mfa, "MfaConfiguration"),
        (lose_a_trigger, "LambdaConfig.PreSignUp"),
        (shorten_passwords, "Policies.PasswordPolicy.MinimumLength"),
        (lose_the_domain, "Domain"),
        (give_the_trigger_away, "LambdaConfig.PreTokenGenerationConfig"),
        (change_the_version, "LambdaConfig.PreTokenGenerationConfig"),
    ],
)
def test_whatever_else_changed_is_reported(change: Any, path: str) -> None:
    """By its path, after reading three times, and as a failure that nobody can overlook."""
    stack = Stack(FakeCognito(after_write=change))
    _, failed = stack.deploy()
    assert failed["Status"] == "FAILED"
    assert f" {path}. " in failed["Reason"]
    assert stack.pauses == [2.0, 2.0]


def test_after_a_report_the_rollback_frees_the_trigger() -> None:
    """It does not carry the change back, which may be somebody's, and says it no second time."""
    stack = Stack(FakeCognito(after_write=shorten_passwords))
    found, failed = stack.deploy()
    assert stack.delete(found, failed)["Status"] == "SUCCESS"
    assert stack.holder is None
    assert stack.pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 6


@pytest.mark.parametrize(("lag", "status"), [(2, "SUCCESS"), (3, "FAILED")])
def test_a_description_may_lag(lag: int, status: str) -> None:
    """Two old answers are waited for; after the third it is said that the pool is not as it was
    written.
    """
    stack = Stack(FakeCognito(lag=lag))
    _, answer = stack.deploy()
    assert answer["Status"] == status
    assert stack.holder == HOOK


def test_a_trigger_without_a_version_is_read_back_with_one() -> None:
    """Cognito may describe in two members what it was given in one; that is no change."""
    pool = every_setting(OTHER)
    del pool["LambdaConfig"]["PreTokenGenerationConfig"]
    stack = Stack(FakeCognito({POOL: pool}))
    found, created = stack.deploy("replace")
    assert (created["Status"], stack.holder) == ("SUCCESS", HOOK)
    assert found["Data"] == {"Holder": f"unversioned/{OTHER}"}
    assert stack.delete(found, created)["Status"] == "SUCCESS"
    assert stack.holder == OTHER


def test_the_log_has_the_settings_from_before() -> None:
    """Before the pool is written, and once for each write: what an operator can go back to."""
    stack = Stack()
    before = stack.pool
    stack.deploy()
    lines = [json.loads(line) for line in stack.log.getvalue().splitlines()]
    (kept,) = [line["settings"] for line in lines if "settings" in line]
    assert kept["Policies"] == before["Policies"]
    assert set(before) <= set(kept)


def test_the_log_tells_the_outcome_and_not_the_address() -> None:
    """One line for each request; nothing in it lets anybody answer."""
    stack = Stack(FakeCognito({POOL: every_setting(OTHER)}))
    stack.deploy()
    first, second = (json.loads(line) for line in stack.log.getvalue().splitlines())
    assert (first["outcome"], first["request_type"]) == ("done", "Create")
    assert (second["outcome"], second["request_id"]) == ("failed", "request-of-lambda")
    assert OTHER in second["why"]
    assert "secret" not in stack.log.getvalue()


def test_a_surprise_is_answered_by_its_class() -> None:
    """Without any answer CloudFormation would wait until its own time-out."""
    stack = Stack(FakeCognito(refusals=[RuntimeError("https://secret.example.com")]))
    _, failed = stack.deploy()
    assert (failed["Status"], failed["Reason"]) == ("FAILED", "RuntimeError")


def test_a_setting_that_the_sdk_refuses_is_named() -> None:
    """What is described and can't be given fails before anything is sent, with its name."""
    pool = every_setting(None)
    pool["SmsVerificationMessage"] = "short"
    stack = Stack(FakeCognito({POOL: pool}))
    _, failed = stack.deploy()
    assert failed["Reason"].startswith("ParamValidationError: ")
    assert "SmsVerificationMessage" in failed["Reason"]
    assert stack.holder is None
