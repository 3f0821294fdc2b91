"""What each of Cognito's events becomes in the ledger."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest

from ledger.rows import LedgerError
from session_feed.events import EFFECTS, EventError
from tests.tokens import NOW
from tests.unit.session_feed.bench import SUBJECT, Bench, event

END_TOKENS = {
    "GlobalSignOut": "session_revoked",
    "AdminUserGlobalSignOut": "session_revoked",
    "AdminDisableUser": "user_disabled",
    "AdminDeleteUser": "user_not_found",
    "DeleteUser": "user_not_found",
}
END_SESSIONS = ["AdminResetUserPassword", "AdminSetUserPassword", "ConfirmForgotPassword"]
ASK_AGAIN = ["RevokeToken", "Revoke_POST", "AdminRevokeUserSession", "RevokeUserSession"]


def attributes(bench: Bench) -> dict[str, Any]:
    """What stands in the user's row, without its key."""
    return {name: next(iter(value.values())) for name, value in bench.user.items() if name != "pk"}


def test_each_operation_is_looked_at() -> None:
    """The table of operations is the one below, no more and no less."""
    assert {*END_TOKENS, *END_SESSIONS, *ASK_AGAIN} == set(EFFECTS)


@pytest.mark.parametrize(("operation", "reason"), END_TOKENS.items())
def test_a_sign_out_ends_tokens(operation: str, reason: str) -> None:
    """What Cognito has revoked of a user is marked, with its reason, and verdicts are void."""
    bench = Bench()
    bench.feed.handle(event(operation))
    marked = attributes(bench)
    assert NOW - 60 <= int(marked.pop("issued_not_before")) <= NOW
    assert marked == {"issued_reason": reason, "generation": "1"}


@pytest.mark.parametrize("operation", END_SESSIONS)
def test_a_changed_password_ends_sessions(operation: str) -> None:
    """Whoever signed in before it must sign in again."""
    bench = Bench()
    bench.feed.handle(event(operation))
    assert attributes(bench)["not_before"] == str(NOW)


@pytest.mark.parametrize("operation", ASK_AGAIN)
def test_an_end_that_names_no_session_asks_again(operation: str) -> None:
    """Nobody is refused by it, but earlier verdicts are void. No pool need be named."""
    bench = Bench()
    bench.feed.handle(event(operation, requestParameters={"clientId": "client1web"}))
    assert attributes(bench) == {"generation": "1"}
    assert bench.lines()[-1]["outcome"] == "marked"


def test_an_empty_error_code_is_no_error() -> None:
    """Domain endpoints' events carry one where nothing went wrong."""
    bench = Bench()
    bench.feed.handle(event("Revoke_POST", errorCode=""))
    assert bench.lines()[-1]["outcome"] == "marked"


def test_the_hooks_own_sign_out_is_a_sign_in_elsewhere() -> None:
    """An event of the hook's role says so in its mark; anybody else's sign-out does not."""

    def by(arn: Any) -> dict[str, Any]:
        return {"userIdentity": {"sessionContext": {"sessionIssuer": {"arn": arn}}}}

    role = "arn:aws:iam::123456789012:role/hook"
    for hook_role, detail, reason in (
        (role, by(role), "signed_in_elsewhere"),
        (role, by(f"{role}2"), "session_revoked"),
        (role, by(None), "session_revoked"),
        (role, {"userIdentity": None}, "session_revoked"),
        ("", by(""), "session_revoked"),
    ):
        bench = Bench(HOOK_ROLE_ARN=hook_role)
        bench.feed.handle(event(**detail))
        assert attributes(bench)["issued_reason"] == reason


@pytest.mark.parametrize("order", list(permutations((NOW, NOW + 10, NOW + 10, NOW + 20))))
def test_order_and_duplicates_do_not_matter(order: tuple[int, ...]) -> None:
    """In any order, and twice, the marks of the latest event stand."""
    bench, once = Bench(), Bench()
    for moment in order:
        bench.feed.handle(event("GlobalSignOut", at=moment))
        bench.feed.handle(event("AdminSetUserPassword", at=moment))
    once.feed.handle(event("GlobalSignOut", at=NOW + 20))
    once.feed.handle(event("AdminSetUserPassword", at=NOW + 20))
    marks = ("issued_not_before", "not_before")
    assert [bench.user[mark] for mark in marks] == [once.user[mark] for mark in marks]


@pytest.mark.parametrize(
    "detail",
    [
        {"errorCode": "NotAuthorizedException"},
        {"requestParameters": {"userPoolId": "eu-west-1_Other"}},
        {"requestParameters": None, "additionalEventData": {"userPoolId": "x", "sub": SUBJECT}},
    ],
)
def test_what_did_not_happen_here_is_ignored(detail: dict[str, Any]) -> None:
    """Calls that failed and calls about another pool leave no mark, and count as ignored."""
    bench = Bench()
    bench.feed.handle(event(**detail))
    assert bench.table.rows == {}
    assert bench.lines()[-1]["outcome"] == "ignored"


@pytest.mark.parametrize(
    ("unusable", "why"),
    [
        (event("UpdateUserPool"), "operation unknown"),
        (event(eventName=None), "operation unknown"),
        ({}, "operation unknown"),
        (None, "operation unknown"),
        ({"detail": []}, "operation unknown"),
        (event(subject=None), "no subject"),
        (event(subject=""), "no subject"),
        (event(subject="a#b"), "no subject"),
        (event(subject="x" * 129), "no subject"),
        (event(subject=7), "no subject"),
        (event(additionalEventData=None), "no subject"),
        (event(eventTime=None), "no time"),
        (event(eventTime="yesterday"), "no time"),
        (event(eventTime=NOW), "no time"),
    ],
)
def test_what_cannot_be_acted_on_is_counted(
    unusable: Any, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is dropped, not raised: trying again would change nothing."""
    bench = Bench()
    bench.feed.handle(unusable, "request-1")
    line = bench.lines()[-1]
    assert (line["outcome"], line["why"], line["request_id"]) == ("unusable", why, "request-1")
    assert bench.table.rows == {}
    assert "Feed_unusable" in capsys.readouterr().out


@pytest.mark.parametrize("operation", END_SESSIONS)
@pytest.mark.parametrize(
    ("spoiled", "why"), [({"subject": None}, "no subject"), ({"eventTime": None}, "no time")]
)
def test_what_nobody_makes_up_for_becomes_a_dead_letter(
    operation: str, spoiled: dict[str, Any], why: str
) -> None:
    """Cognito lets sessions from before a change of password live: somebody has to be told."""
    bench = Bench()
    with pytest.raises(EventError, match=why):
        bench.feed.handle(event(operation, **spoiled), "request-1")
    assert bench.lines()[-1]["outcome"] == "unusable"


@pytest.mark.parametrize(("at", "lag_seconds"), [(NOW, 100.25), (NOW + 100, 0.25), (NOW + 101, 0)])
def test_the_lag_is_measured(
    at: int, lag_seconds: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """How long after Cognito did it the mark was written is in the line and a metric in seconds."""
    bench = Bench()
    bench.now = NOW + 100.25
    bench.feed.handle(event(at=at))
    assert bench.lines()[-1]["lag_seconds"] == lag_seconds
    written = json.loads(capsys.readouterr().out)
    (directive,) = written["_aws"]["CloudWatchMetrics"]
    units = {one["Name"]: one["Unit"] for one in directive["Metrics"]}
    assert units == {"FeedLag": "Seconds", "Feed_marked": "Count"}
    assert written["FeedLag"] == [lag_seconds]
    assert [set(names) for names in directive["Dimensions"]] == [{"deployment", "service"}]


def test_what_was_not_marked_has_no_lag(capsys: pytest.CaptureFixture[str]) -> None:
    """Events that leave no mark do not shorten the lag's statistics."""
    bench = Bench()
    bench.feed.handle(event(errorCode="NotAuthorizedException"))
    assert "lag_seconds" not in bench.lines()[-1]
    assert "FeedLag" not in capsys.readouterr().out


def test_the_longest_subject_is_taken() -> None:
    """128 characters are just enough."""
    bench = Bench()
    bench.feed.handle(event(subject="x" * 128))
    assert bench.lines()[-1]["outcome"] == "marked"


@pytest.mark.parametrize("operation", [*END_TOKENS, *END_SESSIONS, *ASK_AGAIN])
def test_a_ledger_that_is_down_is_raised(operation: str) -> None:
    """Lambda tries again, and then the event goes to the dead-letter queue; nothing is claimed."""
    bench = Bench()
    bench.table.failure = LedgerError("ThrottlingException")
    with pytest.raises(LedgerError):
        bench.feed.handle(event(operation))
    assert bench.lines() == []


def test_trying_again_completes_a_mark() -> None:
    """A mark whose first half was written is whole after the second try."""
    bench = Bench()
    bench.table.loses_answers = True
    with pytest.raises(LedgerError):
        bench.feed.handle(event())
    bench.table.loses_answers = False
    bench.feed.handle(event())
    assert set(attributes(bench)) == {"issued_not_before", "issued_reason", "generation"}


def test_the_log_names_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    """The subject is written, and the operation; no name and nothing else of the event."""
    bench = Bench()
    username = "ada.lovelace.9f1c2a"
    bench.feed.handle(event(userIdentity={"userName": username}), "request-1")
    line = bench.lines()[-1]
    assert (line["operation"], line["sub"]) == ("AdminUserGlobalSignOut", SUBJECT)
    assert username not in bench.log.getvalue() + capsys.readouterr().out
