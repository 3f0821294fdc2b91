from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jose.compact import UnverifiedToken
from ledger.roster import SessionPolicy
from ledger.rows import KEY, session_name
from local.stack import StackSettings
from ops.answers import Exit
from ops.moments import read_moment
from ops.session_ids import NEVER_SEEN, NOT_READ
from tests.ops.bench import OpsBench, Ran, open_ops_bench
from tests.ops.deployed import aws_client


def _session_of(token: str) -> str:
    return str(UnverifiedToken.parse(token).payload["origin_jti"])


def test_a_user_is_signed_out_at_every_layer(bench: OpsBench) -> None:
    """After it neither the access token nor the refresh token works, and each layer is reported."""
    tokens = bench.sign_in("ada")
    assert bench.call(tokens.access) == 200
    ran = bench.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.FINE, ran.everything
    assert [(s["layer"], s["outcome"]) for s in ran.data["layers"]] == [
        ("ledger", "done"),
        ("cognito", "done"),
    ]
    bench.clock.advance(5)
    assert bench.call(tokens.access) == 401
    with pytest.raises(bench.stack.sdk.exceptions.NotAuthorizedException):
        bench.stack.sdk.get_user(AccessToken=tokens.access)


@pytest.mark.parametrize(
    "command", [("user", "ada"), ("everyone",), ("client", "laptop")], ids=lambda c: c[0]
)
def test_who_signs_in_before_it_is_confirmed(bench: OpsBench, command: tuple[str, ...]) -> None:
    """Now is the moment at which somebody says yes, not that of the question."""
    bench.sign_in("ada")
    signed_in = []

    def meanwhile() -> None:
        bench.clock.advance(30)
        signed_in.append(bench.sign_in("ada").access)

    bench.meanwhile, bench.answers[:] = meanwhile, ["phone stolen", "yes"]
    arguments = [bench.stack.client_ids.get(word, word) for word in command]
    ran = bench.run("revoke", *arguments, is_terminal=True)
    assert ran.exit_code == Exit.FINE, ran.everything
    assert bench.call(signed_in[-1]) == 401


@pytest.mark.parametrize(
    ("rule", "seconds", "why"),
    [
        ("refuse", 20, "verdict TTL"),
        ("stale", 80, "stale grace"),
        ("allow", None, "outageRule=allow"),
    ],
)
def test_by_when_a_native_session_ends(rule: str, seconds: int | None, why: str) -> None:
    """No mark ends it: what Cognito has said may be a verdict TTL old, and is all there is."""
    environ = {"OUTAGE_RULE": rule} | ({"STALE_GRACE_SECONDS": "60"} if rule == "stale" else {})
    settings = StackSettings(
        has_hook=False, verdict_ttl_seconds=15, memory_ttl_seconds=5, authorizer_environ=environ
    )
    with open_ops_bench(settings) as bench:
        bench.sign_in("ada")
        ran = bench.change("revoke", "session", "ada", "tkn" + "a1" * 12 + "b")
        grant, _ = ran.data["last_grant"]
        assert (ran.exit_code, grant["seconds"]) == (Exit.FINE, seconds), ran.everything
        assert why in grant["why"]
        # A mark needs nobody's answer.
        grant, _ = bench.change("revoke", "user", "ada").data["last_grant"]
        assert grant["seconds"] == 5


def test_when_a_cached_answer_on_a_native_session_is_flushed(caching: OpsBench) -> None:
    """A sandbox may have asked Cognito before it knew: that verdict's TTL is waited for, too."""
    caching.sign_in("ada")
    ran = caching.change("revoke", "session", "ada", "tkn" + "a1" * 12 + "b")
    assert ran.exit_code == Exit.FINE, ran.everything
    assert sum(caching.paused) == ran.data["last_grant"][0]["seconds"] == 5 + 15 + 3


def test_it_says_by_when(bench: OpsBench) -> None:
    """The last 200 is promised for the memory TTL after the mark, and that is kept."""
    tokens = bench.sign_in("ada")
    assert bench.call(tokens.access) == 200
    grant, _ = bench.change("revoke", "user", "ada").data["last_grant"]
    assert grant["seconds"] == 5
    bench.clock.advance(4.9)
    assert bench.call(tokens.access) == 200
    bench.clock.advance(0.1)
    assert bench.call(tokens.access) == 401


def test_by_when_is_never_too_early(caching: OpsBench) -> None:
    """A last 200 in the middle of a second is promised for its end, in JSON and in the table."""
    caching.sign_in("ada")
    caching.clock.advance(0.25)
    for options, seconds in (((), 8), (("--no-wait",), 300 + 5)):
        ran = caching.change("revoke", "user", "ada", *options)
        grant, _ = ran.data["last_grant"]
        happened = datetime.fromisoformat(ran.data["at"])
        assert datetime.fromisoformat(grant["at"]) == happened + timedelta(seconds=seconds + 1)
        assert grant["seconds"] == seconds
    approval = ("--no-wait", "--yes", "--reason", "a drill")
    shown = caching.run("revoke", "user", "ada", *approval, is_json=False).stdout
    until = datetime.fromtimestamp(math.ceil(caching.clock() + 300 + 5), UTC)
    assert f"{until:%Y-%m-%dT%H:%M:%SZ}" in shown


def test_a_cached_answer_is_flushed_when_no_sandbox_gives_another(caching: OpsBench) -> None:
    """With a caching gateway it waits, flushes again, and promises that moment."""
    tokens = caching.sign_in("ada")
    assert caching.call(tokens.access) == 200
    ran = caching.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.FINE, ran.everything
    assert sum(caching.paused) == 5 + 3
    assert len(caching.flushes) == 2
    grant, _ = ran.data["last_grant"]
    assert grant["seconds"] == 8
    assert caching.call(tokens.access) == 401


def _said_of_the_wait(ran: Ran) -> str:
    (said,) = (each for each in ran.document["warnings"] if each.startswith("interrupted"))
    return str(said)


def test_an_interrupted_wait(caching: OpsBench) -> None:
    """Ctrl-C while it waits to flush again: the answer says what holds, and 130 that it is less."""
    tokens = caching.sign_in("ada")
    caching.interrupt_after = 2
    ran = caching.change("revoke", "user", "ada")
    assert (ran.exit_code, ran.document["error"]) == (Exit.INTERRUPTED, None)
    assert len(caching.flushes) == 1
    grant, _ = ran.data["last_grant"]
    assert grant["seconds"] == 300 + 5
    said = _said_of_the_wait(ran)
    assert "not flushed again" in said
    assert grant["at"] in said
    approval = ("--yes", "--reason", "a drill")
    shown = caching.run("revoke", "user", "ada", *approval, is_json=False)
    assert shown.exit_code == Exit.INTERRUPTED
    assert "The last 200 can happen until" in shown.stdout
    assert "not flushed again" in shown.stderr
    caching.clock.advance(5)
    assert caching.call(tokens.access) == 401


def test_an_interrupted_wait_of_which_nothing_is_known(caching: OpsBench) -> None:
    """A stage that may cache for any time gives old answers until the token expires."""
    caching.sign_in("ada")
    caching.interrupt_after = 2
    caching.exports.clear()
    said = _said_of_the_wait(caching.change("revoke", "user", "ada"))
    assert "until the token expires" in said


def test_an_interrupted_second_flush(caching: OpsBench) -> None:
    """Ctrl-C at the second flush itself is an interrupted wait, too."""
    caching.sign_in("ada")

    def press(*, model: Any, **_: Any) -> None:
        if model.name == "FlushStageAuthorizersCache" and caching.flushes:
            raise KeyboardInterrupt

    caching.watch = press
    ran = caching.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.INTERRUPTED, ran.everything
    assert ran.data["last_grant"][0]["at"] in _said_of_the_wait(ran)


def test_interrupted_where_a_layer_failed(caching: OpsBench) -> None:
    """To repeat it is the more urgent: the code stays 5, and both are said."""
    caching.sign_in("ada")
    caching.interrupt_after = 2
    caching.broken.add("cognito-idp:AdminUserGlobalSignOut")
    ran = caching.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.PARTLY
    assert _said_of_the_wait(ran)


def test_without_waiting_the_gateways_ttl_counts(caching: OpsBench) -> None:
    """Flushed at once only, an old answer may be cached again, and the promise says so."""
    tokens = caching.sign_in("ada")
    assert caching.call(tokens.access) == 200
    ran = caching.change("revoke", "user", "ada", "--no-wait")
    assert ran.data["last_grant"][0]["seconds"] == 300 + 5
    assert caching.call(tokens.access) == 200
    assert not caching.paused


def test_a_stage_that_was_deployed_with_a_cache(bench: OpsBench) -> None:
    """What answers is flushed, whatever the API is configured to be since."""
    bench.sign_in("ada")
    bench.deploy(bench.rest_api_id, ttl_seconds=300)
    ran = bench.change("revoke", "user", "ada", "--no-wait")
    assert len(bench.flushes) == 1
    assert ran.data["last_grant"][0]["seconds"] == 300 + 5


@pytest.mark.parametrize(("options", "seconds"), [((), 8), (("--no-wait",), None)])
def test_a_stage_of_which_nothing_is_known(
    bench: OpsBench, options: tuple[str, ...], seconds: int | None
) -> None:
    """It is flushed to be safe, and nothing is promised that does not come of the second flush."""
    bench.sign_in("ada")
    bench.exports.clear()
    ran = bench.change("revoke", "user", "ada", *options)
    assert ran.exit_code == Exit.FINE
    assert len(bench.flushes) == 2 - len(options)
    assert ran.data["last_grant"][0]["seconds"] == seconds


def test_an_http_api_of_which_nothing_is_known(bench: OpsBench) -> None:
    """It cannot be flushed, and so nothing is promised."""
    bench.sign_in("ada")
    bench.add_http_api(ttl_seconds=0)
    bench.exports = {bench.rest_api_id: bench.exports[bench.rest_api_id]}
    ran = bench.change("revoke", "user", "ada")
    seconds = {grant["kind"]: grant["seconds"] for grant in ran.data["last_grant"]}
    assert seconds == {"REST": 5, "HTTP": None, "other": 5}
    told = "HTTP APIs cannot be flushed; API Gateway does not say what $default was deployed with"
    assert any(told in step["what"] for step in ran.data["layers"])


def test_an_http_api_cannot_be_flushed(caching: OpsBench) -> None:
    """Of an HTTP API it says that its TTL passes."""
    caching.sign_in("ada")
    caching.add_http_api(ttl_seconds=60)
    ran = caching.change("revoke", "user", "ada")
    seconds = {grant["kind"]: grant["seconds"] for grant in ran.data["last_grant"]}
    assert seconds == {"REST": 8, "HTTP": 65, "other": 300 + 5}
    assert any("cannot be flushed" in step["what"] for step in ran.data["layers"])


def test_cognito_fails_half_way(bench: OpsBench) -> None:
    """If Cognito refuses, the mark stands, the exit code is 5, and it says what to repeat."""
    tokens = bench.sign_in("ada")
    bench.broken.add("cognito-idp:AdminUserGlobalSignOut")
    ran = bench.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.PARTLY
    assert any("repeat" in warning for warning in ran.document["warnings"])
    bench.clock.advance(5)
    assert bench.call(tokens.access) == 401


def test_the_ledger_fails_half_way(bench: OpsBench) -> None:
    """If the mark can't be written, Cognito still signs the user out; the promise is longer."""
    bench.sign_in("ada")
    bench.stack.dynamodb.throttled.add("UpdateItem")
    ran = bench.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.PARTLY
    assert ran.data["last_grant"][0]["seconds"] == 5 + 15
    assert bench.called["cognito-idp:AdminUserGlobalSignOut"] == 1


def test_nothing_works(bench: OpsBench) -> None:
    """If no layer did it, the exit code is 3 and nothing is promised."""
    bench.sign_in("ada")
    bench.stack.dynamodb.throttled.add("UpdateItem")
    bench.broken.add("cognito-idp:AdminUserGlobalSignOut")
    ran = bench.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.UNAVAILABLE
    assert ran.data["last_grant"] == []
    assert [line["phase"] for line in bench.trail()] == ["intended", "failed"]


def test_one_session_and_no_other(bench: OpsBench) -> None:
    """One session ends, and the user's other one does not."""
    laptop, phone = bench.sign_in("ada"), bench.sign_in("ada", "phone")
    ran = bench.change("revoke", "session", "ada", _session_of(laptop.access))
    assert ran.exit_code == Exit.FINE, ran.everything
    assert (bench.call(laptop.access), bench.call(phone.access)) == (401, 200)


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "d6ad69bd-4f71-4391-a759-4f4b1f25074",
        "D6AD69BD-4F71-4391-A759-4F4B1F250744",
        "tkn" + "a1" * 12,
        "sso" + "a1" * 13,
    ],
)
def test_what_is_no_sessions_id(bench: OpsBench, text: str) -> None:
    """No mark is written about what no token can name, and it is told what an id looks like."""
    bench.sign_in("ada")
    ran = bench.change("revoke", "session", "ada", text)
    error = ran.document["error"]
    assert (ran.exit_code, error["code"]) == (Exit.USAGE, "session_id")
    assert "origin_jti" in error["message"]
    assert bench.trail() == []


def test_a_session_that_nobody_has_seen(bench: OpsBench) -> None:
    """It is marked, and whoever mistook the id or the user is told before and after."""
    of_ada, of_eve = bench.sign_in("ada"), bench.sign_in("eve")
    assert bench.call(of_ada.access) == bench.call(of_eve.access) == 200
    session = _session_of(of_eve.access)
    bench.answers[:] = ["a drill", "yes"]
    asked = bench.run("revoke", "session", "ada", session, is_terminal=True, is_json=False)
    assert "But the ledger has never seen this session" in asked.stderr
    assert bench.call(of_eve.access) == 200
    ran = bench.change("revoke", "session", "eve", session)
    assert NEVER_SEEN not in ran.document["warnings"]
    unused = _session_of(bench.sign_in("eve", "phone").access)
    ran = bench.change("revoke", "session", "eve", unused)
    assert (ran.exit_code, ran.document["warnings"][0]) == (Exit.FINE, NEVER_SEEN)


def test_a_session_on_the_roster_is_seen() -> None:
    """A place on the user's roster is enough: its own row comes with a shared verdict."""
    settings = StackSettings(
        has_hook=False, session_policy=SessionPolicy.EVICT_OLDEST, session_limit=2
    )
    with open_ops_bench(settings) as bench:
        tokens = bench.sign_in("ada")
        bench.call(tokens.access)
        assert bench.stack.table is not None
        row = session_name(bench.stack.issuer, bench.subject("ada"), _session_of(tokens.access))
        aws_client(bench.stack.cognito.url, "dynamodb").delete_item(
            TableName=bench.stack.table.name, Key={KEY: {"S": row}}
        )
        ran = bench.change("revoke", "session", "ada", _session_of(tokens.access))
        assert NEVER_SEEN not in ran.document["warnings"]


def test_a_ledger_that_cannot_be_read(bench: OpsBench) -> None:
    """The session ends all the same; that nobody has looked is said."""
    tokens = bench.sign_in("ada")
    bench.broken.add("dynamodb:BatchGetItem")
    ran = bench.change("revoke", "session", "ada", _session_of(tokens.access))
    assert ran.exit_code == Exit.FINE, ran.everything
    assert ran.document["warnings"][0] == NOT_READ
    assert bench.call(tokens.access) == 401


def test_a_user_who_is_gone(bench: OpsBench) -> None:
    """Of a user who was deleted the sub is enough."""
    bench.sign_in("ada")
    subject = bench.subject("ada")
    bench.stack.sdk.admin_delete_user(UserPoolId=bench.stack.pool_id, Username="ada")
    assert bench.change("revoke", "user", subject).exit_code == Exit.USAGE
    ran = bench.change("revoke", "user", subject, "--gone")
    assert ran.exit_code == Exit.FINE, ran.everything
    assert [step["outcome"] for step in ran.data["layers"]] == ["done", "not done"]


@pytest.mark.parametrize(
    "command",
    [
        ("revoke", "user", "SUB"),
        ("revoke", "session", "SUB", "d6ad69bd-4f71-4391-a759-4f4b1f250744"),
        ("ttl", "void", "SUB"),
        ("sessions", "SUB"),
    ],
    ids=" ".join,
)
def test_a_user_who_is_not_gone(bench: OpsBench, command: tuple[str, ...]) -> None:
    """Whoever is still there is not taken for deleted: Cognito would not be told."""
    bench.sign_in("ada")
    given = [bench.subject("ada") if word == "SUB" else word for word in command]
    run = bench.run if command[0] == "sessions" else bench.change
    ran = run(*given, "--gone")
    error = ran.document["error"]
    assert (ran.exit_code, error["code"]) == (Exit.USAGE, "not_gone"), ran.everything
    assert "ada" in error["message"]
    assert "leave out --gone" in error["message"]
    assert bench.trail() == []


def test_nobody_says_whether_a_user_is_gone(bench: OpsBench) -> None:
    """If Cognito does not say that he is gone, nothing is done."""
    bench.sign_in("ada")
    bench.broken.add("cognito-idp:ListUsers")
    assert bench.change("revoke", "user", bench.subject("ada"), "--gone").exit_code == (
        Exit.UNAVAILABLE
    )
    assert bench.trail() == []


def test_the_way_to_one_who_is_gone_is_told_where_it_is(bench: OpsBench) -> None:
    """`--gone` is named to whoever finds nobody, by those commands that have it."""
    for command, is_told in (
        (("revoke", "user", "eve"), True),
        (("sign-out", "--admin", "eve"), False),
    ):
        ran = bench.change(*command)
        error = ran.document["error"]
        assert (ran.exit_code, error["code"]) == (Exit.USAGE, "no_such_user")
        assert ("--gone" in error["message"]) is is_told


def test_a_client_and_no_other(bench: OpsBench) -> None:
    """Whoever came by the client is out; who came by another one is not."""
    laptop, phone = bench.sign_in("ada"), bench.sign_in("eve", "phone")
    ran = bench.change("revoke", "client", bench.stack.client_ids["laptop"])
    assert ran.exit_code == Exit.FINE, ran.everything
    bench.clock.advance(5)
    assert (bench.call(laptop.access), bench.call(phone.access)) == (401, 200)


def test_a_client_that_is_not_there(bench: OpsBench) -> None:
    """A client that the authorizer does not let in is a mistake, and nothing is marked."""
    assert bench.change("revoke", "client", "nobody").exit_code == Exit.USAGE
    assert bench.trail() == []


def test_everyone_before_a_moment(bench: OpsBench) -> None:
    """Who signed in before the moment is out; who signed in after it is not."""
    early = bench.sign_in("ada")
    bench.clock.advance(60)
    late = bench.sign_in("eve")
    moment = datetime.fromtimestamp(bench.clock() - 30, UTC).isoformat()
    ran = bench.change("revoke", "everyone", "--before", moment)
    assert ran.exit_code == Exit.FINE, ran.everything
    assert (bench.call(early.access), bench.call(late.access)) == (401, 200)


@pytest.mark.parametrize(
    "moment",
    [
        "2999-01-01T00:00:00Z",
        "2026-11-20T13:00:00",
        "1795176000",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1970-01-01T00:00:00Z",
    ],
)
def test_a_moment_that_is_none(bench: OpsBench, moment: str) -> None:
    """A moment ahead, before 1970, without an offset, or as a bare number is refused."""
    ran = bench.change("revoke", "everyone", "--before", moment)
    assert ran.exit_code == Exit.USAGE


def test_a_moment_within_a_second() -> None:
    """Sign-ins are told in whole seconds: those of that second that came before it end, too."""
    moment = read_moment("2026-11-20T13:00:00.25Z", now=1_800_000_000)
    assert moment == read_moment("2026-11-20T13:00:01Z", now=1_800_000_000)


def test_what_it_warns_of(bench: OpsBench) -> None:
    """It warns of cookie sign-ins that the mark refuses too, and of restoring the table."""
    bench.sign_in("ada")
    said = " ".join(bench.change("revoke", "user", "ada").document["warnings"])
    assert "cookie" in said
    assert "restoring" in said


def test_no_mark_waits_for_the_gateways(bench: OpsBench) -> None:
    """If the APIs cannot be read the user is signed out all the same, and no time is promised of
    one by its name."""
    tokens = bench.sign_in("ada")
    bench.broken.add("apigateway:GetRestApis")
    ran = bench.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.PARTLY
    assert [step["layer"] for step in ran.data["layers"] if step["outcome"] == "failed"] == [
        "gateway"
    ]
    assert [grant["kind"] for grant in ran.data["last_grant"]] == ["other"]
    bench.clock.advance(5)
    assert bench.call(tokens.access) == 401


@pytest.mark.parametrize(("rule", "seconds"), [("enforce", 305), ("shadow", None)])
def test_gateways_that_nobody_looks_for(rule: str, seconds: int | None) -> None:
    """AppSync and other accounts may ask, too: the sum behind the TTL that is known is said."""
    environ = {"ENFORCEMENT": rule}
    settings = StackSettings(
        has_hook=False, memory_ttl_seconds=5, gateway_ttl_seconds=300, authorizer_environ=environ
    )
    with open_ops_bench(settings) as bench:
        bench.sign_in("ada")
        aws_client(bench.stack.cognito.url, "apigateway").delete_rest_api(
            restApiId=bench.rest_api_id
        )
        ran = bench.change("revoke", "user", "ada")
        (grant,) = ran.data["last_grant"]
        assert (ran.exit_code, grant["kind"], grant["seconds"]) == (Exit.FINE, "other", seconds)
        assert "AppSync" in grant["api"]
        assert (grant["condition"] is None) is (seconds is None)
        if seconds is not None:
            assert "no longer than the 300 s" in grant["condition"]


def test_a_flush_that_fails(caching: OpsBench) -> None:
    """If a cache cannot be flushed the gateway's TTL stays in the promise, and the code is 5."""
    caching.sign_in("ada")
    caching.broken.add("apigateway:FlushStageAuthorizersCache")
    ran = caching.change("revoke", "user", "ada")
    assert ran.exit_code == Exit.PARTLY
    assert ran.data["last_grant"][0]["seconds"] == 300 + 5
