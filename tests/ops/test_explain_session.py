"""What ``explain`` says of the session behind a token."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.roster import SessionPolicy
from local.stack import StackSettings
from ops.answers import Exit
from tests.ops.bench import OpsBench, Ran, open_ops_bench


def _states(ran: Ran) -> dict[str, str]:
    return {check["check"]: check["state"] for check in ran.data["checks"]}


def _failures(ran: Ran) -> dict[str, str]:
    return {c["check"]: c["reason"] for c in ran.data["checks"] if c["state"] == "failed"}


def test_revoked_at_cognito(bench: OpsBench) -> None:
    """A session that Cognito has ended fails there, with what to do."""
    tokens = bench.sign_in("ada")
    bench.stack.sdk.admin_user_global_sign_out(UserPoolId=bench.stack.pool_id, Username="ada")
    ran = bench.run("explain", standard_input=tokens.access)
    assert _failures(ran) == {"session": "session_revoked"}
    (failed,) = [check for check in ran.data["checks"] if check["state"] == "failed"]
    assert failed["what_to_do"] == "as intended: sign in again"


def test_every_mark_that_ends_it_is_named(bench: OpsBench) -> None:
    """Of several marks each is named, though the first would do."""
    tokens = bench.sign_in("ada")
    bench.change("revoke", "user", "ada")
    bench.change("revoke", "everyone")
    ran = bench.run("explain", standard_input=tokens.access)
    assert _failures(ran)["marks"] == "session_revoked"
    (marks,) = [check for check in ran.data["checks"] if check["check"] == "marks"]
    assert "everyone who signed in before" in marks["detail"]
    assert "the user's sign-ins before" in marks["detail"]
    assert "this session" not in marks["detail"]


def test_a_verdict_that_is_still_used(bench: OpsBench) -> None:
    """That an ended session is let in for a while is said, and for how long."""
    tokens = bench.sign_in("ada")
    assert bench.call(tokens.access) == 200
    bench.stack.sdk.admin_user_global_sign_out(UserPoolId=bench.stack.pool_id, Username="ada")
    bench.clock.advance(5)
    ran = bench.run("explain", standard_input=tokens.access)
    assert _failures(ran) == {"session": "session_revoked"}
    assert any("is used for 10 s more" in warning for warning in ran.document["warnings"])
    assert ran.data["shared_verdict"]["used_until"] is not None


def test_until_when_a_verdict_is_used_is_never_too_early(bench: OpsBench) -> None:
    """A use that ends in the middle of a second is told of until that is over."""
    bench.clock.advance(0.25)
    tokens = bench.sign_in("ada")
    assert bench.call(tokens.access) == 200
    bench.stack.sdk.admin_user_global_sign_out(UserPoolId=bench.stack.pool_id, Username="ada")
    bench.clock.advance(5)
    ran = bench.run("explain", standard_input=tokens.access)
    verdict = ran.data["shared_verdict"]
    asked_at, used_until = (datetime.fromisoformat(verdict[m]) for m in ("asked_at", "used_until"))
    assert used_until - asked_at == timedelta(seconds=15 + 1)
    bench.clock.advance(0.75)
    ran = bench.run("explain", standard_input=tokens.access)
    assert any("is used for 10 s more" in warning for warning in ran.document["warnings"])


def test_a_displaced_session() -> None:
    """A session that is one too many fails on the roster."""
    settings = StackSettings(
        has_hook=False, session_policy=SessionPolicy.EVICT_OLDEST, session_limit=1
    )
    with open_ops_bench(settings) as bench:
        laptop = bench.sign_in("ada")
        assert bench.call(laptop.access) == 200
        bench.clock.advance(60)
        phone = bench.sign_in("ada", "phone")
        assert bench.call(phone.access) == 200
        ran = bench.run("explain", standard_input=laptop.access)
        assert _failures(ran) == {"roster": "signed_in_elsewhere"}
        assert bench.run("explain", standard_input=phone.access).exit_code == Exit.FINE


def test_in_the_shadow() -> None:
    """Where refusals are not carried out, the finding is shown and the answer is still 200."""
    settings = StackSettings(has_hook=False, authorizer_environ={"ENFORCEMENT": "shadow"})
    with open_ops_bench(settings) as bench:
        tokens = bench.sign_in("ada")
        revoked = bench.change("revoke", "user", "ada")
        assert revoked.data["last_grant"][0]["at"] is None
        ran = bench.run("explain", standard_input=tokens.access)
        assert set(_failures(ran)) == {"marks", "session"}
        assert (ran.exit_code, ran.data["status"]) == (Exit.FINDING, 200)
        assert bench.call(tokens.access) == 200


def test_cognito_does_not_say(bench: OpsBench) -> None:
    """When Cognito throttles, it is not known, which is neither a pass nor a finding."""
    tokens = bench.sign_in("ada")
    bench.stack.cognito.traffic.throttled.add("GetUser")
    ran = bench.run("explain", standard_input=tokens.access)
    assert ran.exit_code == Exit.UNAVAILABLE
    assert _states(ran)["session"] == "unavailable"
    assert ran.data["status"] is None


def test_the_ledger_does_not_say(bench: OpsBench) -> None:
    """When the ledger does not answer, marks are not known, and the rest is still shown."""
    tokens = bench.sign_in("ada")
    bench.stack.dynamodb.throttled.add("BatchGetItem")
    ran = bench.run("explain", standard_input=tokens.access)
    assert ran.exit_code == Exit.UNAVAILABLE
    assert (_states(ran)["marks"], _states(ran)["session"]) == ("unavailable", "passed")


def test_a_verdict_is_used_for_as_long_as_it_is_tightened_to(bench: OpsBench) -> None:
    """A tightening counts for how long a verdict is still used."""
    tokens = bench.sign_in("ada")
    assert bench.call(tokens.access) == 200
    bench.change("ttl", "tighten", "--verdict-ttl", "5")
    used = bench.run("explain", standard_input=tokens.access).data["shared_verdict"]
    assert used["used_until"] is not None
    bench.clock.advance(5)
    used = bench.run("explain", standard_input=tokens.access).data["shared_verdict"]
    assert used["used_until"] is None


def test_no_verdict_saves_a_marked_session(bench: OpsBench) -> None:
    """A mark beats any verdict, so nothing is said of one that is still fresh."""
    tokens = bench.sign_in("ada")
    assert bench.call(tokens.access) == 200
    bench.change("revoke", "user", "ada")
    ran = bench.run("explain", standard_input=tokens.access)
    assert not any("is used for" in warning for warning in ran.document["warnings"])
