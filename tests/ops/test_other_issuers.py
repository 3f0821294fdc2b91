"""Users of an OpenID provider beside the pool, whom Cognito does not know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from ledger.rows import PoolRow, pool_name
from local.server import LoopbackServer
from local.stack import StackSettings
from ops.answers import Exit
from tests.ops.bench import OpsBench, open_ops_bench
from tests.providers import sign_by
from tests.tokens import public_jwk

ISSUER = "https://id.example.com/"
NAMELESS = "https://id.example.com/nameless"
SUBJECT = "auth0|ada"
_ASKED = {"sessionCheck": "userinfo", "userinfoUrl": f"{ISSUER}userinfo"}


@pytest.fixture
def bench() -> Iterator[OpsBench]:
    """A deployment that takes tokens of two providers, one of which names no sessions."""
    keys = Response(json.dumps({"keys": [public_jwk("key1")]}))
    with LoopbackServer(Request.application(lambda _: keys)) as provider:
        stated = {"audiences": ["api"], "keySetUrl": f"{provider.url}/keys"}
        issuers = [
            {"issuer": ISSUER, "sessionClaim": "sid", "clientIds": ["web"], **stated},
            {"issuer": NAMELESS, **stated},
        ]
        settings = StackSettings(
            has_hook=False,
            verdict_ttl_seconds=15,
            authorizer_environ={"OIDC_ISSUERS": json.dumps(issuers)},
        )
        with open_ops_bench(settings) as bench:
            yield bench


def _token(bench: OpsBench, **changes: Any) -> str:
    now = int(bench.clock())
    claims = {
        "iss": ISSUER,
        "aud": "api",
        "sub": SUBJECT,
        "sid": "session-1",
        "client_id": "web",
        "iat": now,
        "exp": now + 600,
        "jti": "jti",
        **changes,
    }
    token = sign_by("RS256", claims, key="key1")
    bench.secrets.add(token)
    return token


def test_a_providers_user_is_signed_out(bench: OpsBench) -> None:
    """By the mark alone; it says that the provider was not told."""
    token, anothers = _token(bench), _token(bench, sub="auth0|bob", sid="session-2")
    assert bench.call(token) == bench.call(anothers) == 200
    ran = bench.change("revoke", "user", SUBJECT, "--issuer", ISSUER)
    assert ran.exit_code == Exit.FINE, ran.everything
    assert ran.data["target"]["issuer"] == ISSUER
    outcomes = {step["layer"]: step["outcome"] for step in ran.data["layers"]}
    assert outcomes["ledger"] == "done"
    assert any("provider was not told" in warning for warning in ran.document["warnings"])
    assert bench.call(token) == 401
    assert bench.call(anothers) == 200
    assert bench.called["cognito-idp:AdminUserGlobalSignOut"] == 0


def test_without_a_ledger_nothing_can_be_done() -> None:
    """Nobody else can end a provider's session here, and nobody is told that it was done."""
    introspected = {
        "issuer": ISSUER,
        "audiences": ["api"],
        "sessionCheck": "userinfo",
        "userinfoUrl": f"{ISSUER}userinfo",
    }
    settings = StackSettings(
        has_hook=False,
        ledger=False,
        authorizer_environ={"OIDC_ISSUERS": json.dumps([introspected])},
    )
    with open_ops_bench(settings) as bench:
        ran = bench.change("revoke", "user", SUBJECT, "--issuer", ISSUER)
    assert ran.exit_code == Exit.USAGE
    assert ran.document["error"]["code"] == "no_ledger"


def test_a_providers_session_ends_by_its_own_name(bench: OpsBench) -> None:
    """The user's other sessions live."""
    one, other = _token(bench), _token(bench, sid="session-2")
    ran = bench.change("revoke", "session", SUBJECT, "session-1", "--issuer", ISSUER)
    assert ran.exit_code == Exit.FINE, ran.everything
    assert (bench.call(one), bench.call(other)) == (401, 200)


def test_sessions_without_a_name(bench: OpsBench) -> None:
    """Where tokens name no session, none can be ended alone."""
    ran = bench.change("revoke", "session", SUBJECT, "session-1", "--issuer", NAMELESS)
    assert ran.exit_code == Exit.USAGE
    assert ran.document["error"]["code"] == "no_session_claim"
    token = _token(bench, iss=NAMELESS)
    assert bench.call(token) == 200
    assert bench.change("revoke", "user", SUBJECT, "--issuer", NAMELESS).exit_code == Exit.FINE
    assert bench.call(token) == 401


@pytest.mark.parametrize(
    "command",
    [
        ("revoke", "client", "web", "--issuer", ISSUER),
        ("revoke", "client", "any", "--issuer", NAMELESS),
        ("revoke", "everyone", "--issuer", ISSUER),
    ],
)
def test_a_mark_on_many_is_the_issuers_own(bench: OpsBench, command: tuple[str, ...]) -> None:
    """The pool's users go on."""
    ada = bench.sign_in("ada")
    ran = bench.change(*command)
    assert ran.exit_code == Exit.FINE, ran.everything
    assert ran.data["target"].get("issuer", ran.data["target"].get("everyone")) == command[-1]
    assert any("provider was not told" in warning for warning in ran.document["warnings"])
    assert bench.call(ada.access) == 200


def test_everyone_of_a_provider(bench: OpsBench) -> None:
    """Their tokens are refused, and the pool's row stays as it was."""
    token = _token(bench)
    assert bench.change("revoke", "everyone", "--issuer", ISSUER).exit_code == Exit.FINE
    bench.clock.advance(1)
    assert bench.call(token) == 401
    assert bench.stack.table is not None
    own = PoolRow.read(bench.stack.table.item(pool_name(bench.stack.issuer)))
    assert own == PoolRow()


def test_sessions_of_a_providers_user(bench: OpsBench) -> None:
    """What the ledger holds; Cognito is not asked."""
    bench.change("revoke", "user", SUBJECT, "--issuer", ISSUER)
    ran = bench.run("sessions", SUBJECT, "--issuer", ISSUER)
    assert ran.data["native"]["absent"] == "the user is another issuer's"
    assert ran.data["ledger"]["not_before"]
    shown = bench.run("sessions", SUBJECT, "--issuer", ISSUER, is_json=False)
    assert f"{SUBJECT} of {ISSUER}" in shown.stdout
    assert bench.called["cognito-idp:ListUsers"] == 0


def test_verdicts_on_a_providers_user_are_void(bench: OpsBench) -> None:
    """In that issuer's row."""
    ran = bench.change("ttl", "void", SUBJECT, "--issuer", ISSUER)
    assert ran.exit_code == Exit.FINE, ran.everything
    ledger = bench.run("sessions", SUBJECT, "--issuer", ISSUER).data["ledger"]
    assert ledger["generation"] == 1


@pytest.mark.parametrize(
    ("stated", "exit_code", "told"),
    [
        ({"sessionClaim": "sid"}, Exit.FINE, f"tokens of {ISSUER} are judged by marks alone"),
        (_ASKED, Exit.FINE, f"{ISSUER} is asked anew, from "),
        (_ASKED | {"sessionClaim": "sid"}, Exit.USAGE, "`revoke user --issuer` ends"),
    ],
    ids=["by marks", "by session", "by token"],
)
def test_whose_verdicts_can_be_void(stated: dict[str, str], exit_code: Exit, told: str) -> None:
    """What each sandbox remembers by itself cannot, and is not said to be; Cognito is not named."""
    issuers = [{"issuer": ISSUER, "audiences": ["api"], **stated}]
    settings = StackSettings(
        has_hook=False, authorizer_environ={"OIDC_ISSUERS": json.dumps(issuers)}
    )
    with open_ops_bench(settings) as bench:
        command = ("ttl", "void", SUBJECT, "--issuer", ISSUER, "--reason", "a drill")
        ran = bench.run(*command, is_json=False)
        assert ran.exit_code == exit_code, ran.everything
        assert told in ran.everything
        assert "Cognito" not in ran.everything
        assert bool(bench.trail()) is (exit_code is Exit.FINE)


def _tightenings(bench: OpsBench) -> list[int | None]:
    assert bench.stack.table is not None
    items = [bench.stack.table.item(pool_name(i)) for i in (bench.stack.issuer, ISSUER, NAMELESS)]
    return [PoolRow.read(item).verdict_ttl_seconds for item in items]


def test_everybodys_verdicts_are_tightened(bench: OpsBench) -> None:
    """Tokens go by the row of their own issuer: each is written, and each is ended."""
    ran = bench.change("ttl", "tighten", "--verdict-ttl", "5")
    assert ran.exit_code == Exit.FINE, ran.everything
    assert [step["what"] for step in ran.data["layers"]] == [
        "verdicts: 5 s at most",
        f"verdicts of {ISSUER}: 5 s at most",
        f"verdicts of {NAMELESS}: 5 s at most",
    ]
    assert _tightenings(bench) == [5, 5, 5]
    shown = bench.run("ttl", "show")
    assert shown.data["verdict_ttl_seconds"]["tightened_to"] == 5
    assert not any("alike" in finding for finding in shown.data["findings"])
    assert bench.change("ttl", "loosen").exit_code == Exit.FINE
    assert _tightenings(bench) == [None, None, None]


def test_verdicts_that_are_tightened_in_part(bench: OpsBench) -> None:
    """The exit code is 5, and it is found: by `ttl show`, and by `doctor`."""
    bench.broken_after["dynamodb:UpdateItem"] = 1
    arguments = ("--verdict-ttl", "5", "--reason", "a drill")
    ran = bench.run("ttl", "tighten", *arguments, is_json=False)
    assert ran.exit_code == Exit.PARTLY
    assert "Not every issuer's verdicts were changed" in ran.stdout
    assert _tightenings(bench) == [5, None, None]
    told = f"not tightened alike: {bench.stack.issuer} to 5 s, {ISSUER} not at all"
    assert any(told in finding for finding in bench.run("ttl", "show").data["findings"])
    findings = bench.run("doctor").data["findings"]
    (left,) = [f["what"] for f in findings if f["code"] == "tightening_left_on"]
    assert told in left


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("revoke", "user", SUBJECT, "--issuer", "https://else.example.com"), "no_such_issuer"),
        (("revoke", "user", SUBJECT, "--issuer", ISSUER, "--gone"), "gone"),
        (("revoke", "client", "other", "--issuer", ISSUER), "no_such_client"),
        (("revoke", "everyone", "--issuer", "x"), "no_such_issuer"),
    ],
)
def test_what_is_not_there(bench: OpsBench, command: tuple[str, ...], code: str) -> None:
    """A slip in the issuer's name marks nothing: it is compared letter by letter."""
    ran = bench.change(*command)
    assert ran.exit_code == Exit.USAGE
    assert ran.document["error"]["code"] == code
    assert bench.called["dynamodb:UpdateItem"] == 0
