from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from jose.compact import UnverifiedToken
from ledger.judgement import MarkReason
from ledger.roster import SessionPolicy
from local.ledger import write_deadline
from local.stack import StackSettings
from ops.answers import Exit
from ops.users import is_subject
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


_ALIASES = ("email", "phone_number", "preferred_username")


@contextmanager
def _signing_in_by(kind: str, *attributes: str) -> Iterator[OpsBench]:
    with open_ops_bench(StackSettings(has_hook=False, pool={kind: attributes})) as bench:
        yield bench


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("email", "ada@example.com"),
        ("phone_number", "+441632960000"),
        ("preferred_username", "countess"),
    ],
)
def test_by_an_alias(attribute: str, value: str) -> None:
    """By what the pool signs in with besides, a user is found: an address once it is verified."""
    with _signing_in_by("AliasAttributes", *_ALIASES) as bench:
        # Whoever claims the same address has not been proven to have it.
        if attribute != "preferred_username":
            _create_user(bench, "mallory", {attribute: value, f"{attribute}_verified": "false"})
            assert bench.run("sessions", value).document["error"]["code"] == "no_such_user"
        _create_user(bench, "ada", {attribute: value, f"{attribute}_verified": "true"})
        ran = bench.run("sessions", value)
        assert ran.exit_code == Exit.FINE, ran.everything
        assert ran.data["user"]["username"] == "ada"


def test_by_the_address_that_is_the_name() -> None:
    """Where addresses are the users' names, Cognito makes up another, and the address is known."""
    with _signing_in_by("UsernameAttributes", "email") as bench:
        _create_user(bench, "ada@example.com", {"email": "ada@example.com"})
        ran = bench.run("sessions", "ada@example.com")
        assert ran.exit_code == Exit.FINE, ran.everything
        assert is_subject(ran.data["user"]["username"])


@pytest.mark.parametrize("name", ["Ada", "ada@example.com", "+441632960000"])
def test_what_users_write_themselves_is_no_name(bench: OpsBench, name: str) -> None:
    """In a pool that signs nobody in by it, an attribute makes nobody the user who is meant."""
    attributes = {"email": "ada@example.com", "phone_number": "+441632960000"}
    _create_user(bench, "mallory", attributes | {"preferred_username": "Ada"})
    ran = bench.change("revoke", "user", name)
    assert (ran.exit_code, ran.document["error"]["code"]) == (Exit.USAGE, "no_such_user")
    assert bench.called["cognito-idp:AdminUserGlobalSignOut"] == 0


def test_a_sub_is_nobody_elses_name() -> None:
    """Who takes the sub of one who is gone for a preferred user name is not taken for him."""
    with _signing_in_by("AliasAttributes", *_ALIASES) as bench:
        gone = "5f0c8a52-4c39-4b5c-9f0e-0d9f4f3c2b1a"
        _create_user(bench, "mallory", {"preferred_username": gone})
        assert bench.run("sessions", gone).document["error"]["code"] == "no_such_user"


def test_a_name_that_is_known_takes_no_other_question(bench: OpsBench) -> None:
    """What the pool signs in by is asked only if nobody has the name."""
    bench.sign_in("ada")
    assert bench.run("sessions", "ada").exit_code == Exit.FINE
    assert bench.called["cognito-idp:DescribeUserPool"] == 0


def test_an_address_of_two_users() -> None:
    """Nobody is guessed: both are named, by what is each one's own."""
    with _signing_in_by("AliasAttributes", *_ALIASES) as bench:
        for name in ("one", "other"):
            _create_user(bench, name, {"email": "ada@example.com", "email_verified": "true"})
        ran = bench.change("revoke", "user", "ada@example.com")
        error = ran.document["error"]
        assert (ran.exit_code, error["code"]) == (Exit.USAGE, "several_users")
        assert all(bench.subject(name) in error["message"] for name in ("one", "other"))
        assert bench.called["cognito-idp:AdminUserGlobalSignOut"] == 0


def test_a_user_name_comes_before_an_address() -> None:
    """Who has the name is meant, and nobody who has written it into an attribute."""
    with _signing_in_by("AliasAttributes", *_ALIASES) as bench:
        _create_user(
            bench,
            "mallory",
            {"email": "ada@example.com", "email_verified": "true", "preferred_username": "ada"},
        )
        for name in ("ada@example.com", "ada"):
            _create_user(bench, name, {})
            assert bench.run("sessions", name).data["user"]["username"] == name


@pytest.mark.parametrize(
    "command", [("revoke", "user"), ("ttl", "void"), ("sign-out", "--admin")], ids=" ".join
)
def test_who_was_found_is_said(bench: OpsBench, command: tuple[str, ...]) -> None:
    """Who types something else than the name is told both names, and scripts get both."""
    bench.sign_in("ada")
    subject = bench.subject("ada")
    title = f"ada (sub {subject})"
    bench.answers[:] = ["yes"]
    ran = bench.run(*command, subject, "--reason", "a drill", is_terminal=True, is_json=False)
    assert f"User: {title}\n" in ran.stdout
    assert command[0] == "ttl" or f"This signs {title} out everywhere" in ran.stderr
    data = bench.change(*command, subject).data
    assert data.get("target", data)["user"] == subject
    assert data.get("target", data)["username"] == "ada"
    assert (
        "User:"
        not in bench.run(*command, "ada", "--yes", "--reason", "a drill", is_json=False).stdout
    )


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
