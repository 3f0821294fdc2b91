from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from jose.compact import UnverifiedToken
from ledger.judgement import MarkReason
from ledger.roster import SessionPolicy
from local.ledger import write_deadline
from local.stack import StackSettings
from ops.answers import Exit
from tests.ops.bench import OpsBench, open_ops_bench


@pytest.fixture
def limited() -> Iterator[OpsBench]:
    """A deployment that keeps rosters, of two sessions for each user."""
    settings = StackSettings(
        has_hook=False,
        session_policy=SessionPolicy.EVICT_OLDEST,
        session_limit=2,
        verdict_ttl_seconds=15,
    )
    with open_ops_bench(settings) as bench:
        yield bench


def _session_of(token: str) -> str:
    return str(UnverifiedToken.parse(token).payload["origin_jti"])


def test_the_roster(limited: OpsBench) -> None:
    """Sessions that were seen are listed, the newest first, with their verdict's age."""
    laptop = limited.sign_in("ada")
    limited.call(laptop.access)
    limited.clock.advance(20)
    phone = limited.sign_in("ada", "phone")
    limited.call(phone.access)
    ran = limited.run("sessions", "ada")
    assert ran.exit_code == Exit.FINE, ran.everything
    listed = ran.data["ledger"]["sessions"]
    assert [s["id"] for s in listed] == [_session_of(phone.access), _session_of(laptop.access)]
    assert [s["is_verdict_fresh"] for s in listed] == [True, False]
    assert {s["client_id"] for s in listed} == {
        limited.stack.client_ids["laptop"],
        limited.stack.client_ids["phone"],
    }


def test_what_was_revoked_shows(limited: OpsBench) -> None:
    """A session that an operator ended is shown as revoked, the other as alive."""
    laptop, phone = limited.sign_in("ada"), limited.sign_in("ada", "phone")
    for tokens in (laptop, phone):
        limited.call(tokens.access)
    limited.change("revoke", "session", "ada", _session_of(laptop.access))
    states = {
        s["id"]: s["state"] for s in limited.run("sessions", "ada").data["ledger"]["sessions"]
    }
    assert states[_session_of(laptop.access)] == "session_revoked"
    assert states[_session_of(phone.access)].startswith("lives")


def test_watermarks_show(bench: OpsBench) -> None:
    """Without a roster the user's watermark is shown."""
    bench.sign_in("ada")
    assert bench.run("sessions", "ada").data["ledger"]["not_before"] is None
    bench.change("revoke", "user", "ada")
    assert bench.run("sessions", "ada").data["ledger"]["not_before"] is not None


def test_by_sub(bench: OpsBench) -> None:
    """A user is found by sub as well as by name."""
    bench.sign_in("ada")
    subject = bench.subject("ada")
    assert bench.run("sessions", subject).data["user"]["username"] == "ada"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("email", "ada@example.com"),
        ("phone_number", "+441632960000"),
        ("preferred_username", "countess"),
    ],
)
def test_by_what_one_signs_in_with(bench: OpsBench, attribute: str, value: str) -> None:
    """Where Cognito makes up the user's name, nobody knows that one, and the address is known."""
    _create_user(bench, "5f0c0000", {attribute: value})
    ran = bench.run("sessions", value)
    assert ran.exit_code == Exit.FINE, ran.everything
    assert ran.data["user"]["username"] == "5f0c0000"


def test_an_address_of_two_users(bench: OpsBench) -> None:
    """Nobody is guessed: both are named, by what is each one's own."""
    for name in ("one", "other"):
        _create_user(bench, name, {"email": "ada@example.com"})
    ran = bench.change("revoke", "user", "ada@example.com")
    error = ran.document["error"]
    assert (ran.exit_code, error["code"]) == (Exit.USAGE, "several_users")
    assert all(bench.subject(name) in error["message"] for name in ("one", "other"))
    assert bench.called["cognito-idp:AdminUserGlobalSignOut"] == 0


def test_a_user_name_comes_before_an_address(bench: OpsBench) -> None:
    """Who has the name is meant, and nobody who has written it into an attribute."""
    _create_user(bench, "mallory", {"email": "ada@example.com", "preferred_username": "ada"})
    for name in ("ada@example.com", "ada"):
        _create_user(bench, name, {})
        assert bench.run("sessions", name).data["user"]["username"] == name


def _create_user(bench: OpsBench, name: str, attributes: dict[str, str]) -> None:
    bench.stack.sdk.admin_create_user(
        UserPoolId=bench.stack.pool_id,
        Username=name,
        UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
    )


def test_a_name_with_quotes(bench: OpsBench) -> None:
    """A name cannot reach out of the filter that it is looked up by."""
    bench.sign_in("ada")
    ran = bench.run("sessions", 'x" or username ^= "a')
    assert ran.exit_code == Exit.USAGE


def test_a_pool_without_native_sessions(bench: OpsBench) -> None:
    """A tier without native sessions is said and is no failure."""
    bench.sign_in("ada")
    ran = bench.run("sessions", "ada")
    assert ran.exit_code == Exit.FINE
    assert "FeatureUnavailableInTier" in ran.data["native"]["absent"]


def test_a_deployment_without_a_ledger() -> None:
    """Without a ledger there is no roster, and that is no failure."""
    with open_ops_bench(StackSettings(has_hook=False, ledger=False)) as bench:
        bench.sign_in("ada")
        ran = bench.run("sessions", "ada")
        assert ran.exit_code == Exit.FINE, ran.everything
        assert ran.data["ledger"] is None
        assert bench.change("revoke", "everyone").document["error"]["code"] == "no_ledger"


def test_for_people(limited: OpsBench) -> None:
    """Without --json the same is a table."""
    tokens = limited.sign_in("ada")
    limited.call(tokens.access)
    ran = limited.run("sessions", "ada", is_json=False)
    assert _session_of(tokens.access) in ran.stdout
    assert "lives" in ran.stdout


def test_a_session_that_began_after_a_mark_on_tokens(limited: OpsBench) -> None:
    """A mark on tokens issued before a moment ends no session that began after it."""
    assert limited.stack.table is not None
    early = limited.sign_in("ada")
    limited.call(early.access)
    limited.clock.advance(60)
    limited.stack.table.operator.end_tokens_issued_before(
        limited.stack.issuer,
        limited.subject("ada"),
        int(limited.clock()),
        MarkReason.SIGNED_IN_ELSEWHERE,
        write_deadline(),
    )
    late = limited.sign_in("ada", "phone")
    limited.call(late.access)
    data = limited.run("sessions", "ada").data["ledger"]
    assert data["issued_reason"] == "signed_in_elsewhere"
    states = {s["id"]: s["state"] for s in data["sessions"]}
    assert states[_session_of(late.access)].startswith("lives")


def test_how_a_name_is_quoted(bench: OpsBench) -> None:
    """Quotes and backslashes of a name are escaped in the filter."""
    asked: list[str] = []

    def note(params: Any, model: Any, **_: Any) -> None:
        if model.name == "ListUsers":
            asked.append(json.loads(params["body"])["Filter"])

    bench.watch = note
    bench.run("sessions", 'a"b\\c')
    assert asked[0] == 'username = "a\\"b\\\\c"'
