"""One call of the trigger: whom it signs out, what it returns, and what it says of a failure."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from pre_token_hook.hook import SignInRefused
from pre_token_hook.trigger import Trigger
from tests.attacks.leaks import leaked
from tests.tokens import CLIENT_ID, POOL_ID
from tests.unit.pre_token_hook.triggers import (
    SIGN_IN,
    SUBJECT,
    USERNAME,
    VERSIONS,
    Bench,
    Event,
    throttled,
    version_1,
    version_3,
)

_REFUSED_TEXT = "Sign-in is not possible right now. Please try again in a minute."
_SIGN_INS = [
    "TokenGeneration_HostedAuth",
    SIGN_IN,
    "TokenGeneration_NewPasswordChallenge",
    "TokenGeneration_AuthenticateDevice",
]
_OTHERS = ["TokenGeneration_RefreshTokens", "TokenGeneration_ClientCredentials"]


@pytest.mark.parametrize("make", VERSIONS)
@pytest.mark.parametrize("source", _SIGN_INS)
def test_a_sign_in_ends_the_older_sessions(make: Callable[..., Event], source: str) -> None:
    """Every source of a sign-in signs the user out everywhere, once, in any version."""
    bench = Bench()
    bench.hook.handle(make(source), "request-1")
    assert bench.signed_out == [
        Trigger(source, POOL_ID, USERNAME, SUBJECT, CLIENT_ID, frozenset({"staff"}))
    ]
    assert bench.lines()[-1]["outcome"] == "signed_out"


@pytest.mark.parametrize("make", VERSIONS)
@pytest.mark.parametrize("source", _OTHERS)
def test_a_refresh_or_a_machine_signs_nobody_out(make: Callable[..., Event], source: str) -> None:
    """Where no session is made none is ended."""
    bench = Bench()
    event = make(source)
    assert bench.hook.handle(event) is event
    assert bench.signed_out == []
    assert bench.lines()[-1]["outcome"] == "not_a_sign_in"


@pytest.mark.parametrize("source", ["TokenGeneration_", "TokenGeneration_Passkey2027"])
def test_an_unknown_source_signs_nobody_out(source: str) -> None:
    """A source that is not documented is let through and counted under a name of its own."""
    bench = Bench()
    event = version_1(source)
    assert bench.hook.handle(event) is event
    assert bench.signed_out == []
    assert bench.lines()[-1]["outcome"] == "unknown_source"
    assert bench.lines()[-1]["trigger_source"] == "unknown"


@pytest.mark.parametrize("make", VERSIONS)
@pytest.mark.parametrize("source", [*_SIGN_INS, *_OTHERS, "TokenGeneration_New"])
def test_the_event_goes_back_untouched(make: Callable[..., Event], source: str) -> None:
    """The very event goes back as it came: an override, even an empty one, would wipe groups."""
    event = make(source)
    before = copy.deepcopy(event)
    assert Bench().hook.handle(event) is event
    assert event == before


@pytest.mark.parametrize("response", [{}, {"claimsOverrideDetails": {"claimsToSuppress": ["x"]}}])
def test_an_earlier_triggers_response_is_kept(response: dict[str, Any]) -> None:
    """A response that somebody has filled in goes back as it is."""
    event = version_1() | {"response": response}
    assert Bench().hook.handle(event)["response"] is response


def test_a_second_call_does_no_harm() -> None:
    """Cognito may call again: the second answer is the first one."""
    bench = Bench()
    event = version_1()
    assert [bench.hook.handle(event) is event for _ in range(2)] == [True, True]
    assert len(bench.signed_out) == 2


def test_an_exempt_client_keeps_its_sessions() -> None:
    """A sign-in by an exempt client ends no session, one by another client does."""
    bench = Bench({"EXEMPT_CLIENT_IDS": f"kiosk,{CLIENT_ID}"})
    bench.hook.handle(version_1())
    assert bench.signed_out == []
    assert bench.lines()[-1]["outcome"] == "exempt"
    bench.hook.handle(version_1(client=CLIENT_ID.upper()))
    assert len(bench.signed_out) == 1


def test_an_exempt_group_keeps_its_sessions() -> None:
    """One exempt group is enough, letter by letter."""
    bench = Bench({"EXEMPT_GROUPS": "support,robots"})
    bench.hook.handle(version_1(groups=["staff", "support"]))
    assert bench.signed_out == []
    assert bench.lines()[-1]["outcome"] == "exempt"
    bench.hook.handle(version_1(groups=["Support", "staff"]))
    bench.hook.handle(version_1(groups=[]))
    assert len(bench.signed_out) == 2


@pytest.mark.parametrize(
    "groups", [None, "support", {"support": True}, 1, [["support"]], [{"name": "support"}]]
)
def test_groups_of_another_type_exempt_nobody(groups: Any) -> None:
    """Only a list of texts names groups."""
    bench = Bench({"EXEMPT_GROUPS": "support"})
    event = version_1()
    event["request"]["groupConfiguration"] = {"groupsToOverride": groups}
    bench.hook.handle(event)
    assert len(bench.signed_out) == 1


@pytest.mark.parametrize(
    "changes",
    [{"request": None}, {"request": {"groupConfiguration": None}}, {"callerContext": None}],
)
def test_a_sparse_event_is_still_a_sign_in(changes: dict[str, Any]) -> None:
    """Without groups or client nobody is exempt."""
    bench = Bench({"EXEMPT_GROUPS": "staff", "EXEMPT_CLIENT_IDS": CLIENT_ID})
    event = version_1(groups=[] if "callerContext" in changes else ["staff"], client="other")
    bench.hook.handle(event | changes)
    assert len(bench.signed_out) == 1


def test_a_failure_refuses_the_sign_in() -> None:
    """If the older sessions may live on the sign-in fails, with a sentence that tells nothing."""
    bench = Bench(failure=throttled())
    with pytest.raises(SignInRefused) as raised:
        bench.hook.handle(version_1())
    assert str(raised.value) == _REFUSED_TEXT
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    line = bench.lines()[-1]
    assert (line["outcome"], line["failure"]) == ("refused", "TooManyRequestsException")


def test_a_failure_can_be_told_to_admit() -> None:
    """With FAILURE_RULE=admit the sign-in goes on, and is counted as such."""
    bench = Bench({"FAILURE_RULE": "admit"}, failure=throttled())
    event = version_1()
    assert bench.hook.handle(event) is event
    line = bench.lines()[-1]
    assert (line["outcome"], line["failure"]) == ("admitted", "TooManyRequestsException")


def test_the_next_sign_in_after_a_failure_works() -> None:
    """A failure leaves nothing behind."""
    bench = Bench(failure=throttled())
    with pytest.raises(SignInRefused):
        bench.hook.handle(version_1())
    bench.failure = None
    bench.hook.handle(version_1())
    assert bench.lines()[-1]["outcome"] == "signed_out"


_MALFORMED = [
    None,
    "",
    1,
    [],
    {},
    [version_1()],
    version_1() | {"triggerSource": None},
    version_1() | {"triggerSource": ["TokenGeneration_Authentication"]},
    version_1() | {"triggerSource": "PreSignUp_SignUp"},
    version_1() | {"triggerSource": "tokengeneration_authentication"},
    version_1() | {"userName": None},
    version_1() | {"userName": ""},
    version_1() | {"userName": ["ada"]},
    version_1() | {"userPoolId": None},
    version_1() | {"userPoolId": 1},
]


@pytest.mark.parametrize("event", _MALFORMED)
def test_a_malformed_event_is_a_failure(event: Any) -> None:
    """An event that does not say whom to sign out is a failure, under the stated rule."""
    bench = Bench()
    with pytest.raises(SignInRefused) as raised:
        bench.hook.handle(event)
    assert str(raised.value) == _REFUSED_TEXT
    assert raised.value.__context__ is None
    line = bench.lines()[-1]
    assert (line["outcome"], line["failure"]) == ("refused", "event_malformed")
    admitting = Bench({"FAILURE_RULE": "admit"})
    assert admitting.hook.handle(event) is event
    assert bench.signed_out + admitting.signed_out == []


def test_a_refresh_needs_no_user() -> None:
    """Where nobody is signed out it does not matter if the event says who it is about."""
    bench = Bench()
    event = version_3("TokenGeneration_ClientCredentials")
    del event["userName"]
    assert bench.hook.handle(event) is event


@pytest.mark.parametrize(("rule", "outcome"), [("refuse", "refused"), ("admit", "admitted")])
def test_a_defect_is_a_failure(rule: str, outcome: str) -> None:
    """What nobody has foreseen is told by its class, and the failure rule decides."""
    bench = Bench({"FAILURE_RULE": rule}, failure=MemoryError(USERNAME))
    try:
        bench.hook.handle(version_1())
    except SignInRefused:
        assert rule == "refuse"
    line = bench.lines()[-1]
    assert (line["outcome"], line["failure"]) == (outcome, "MemoryError")


@pytest.mark.parametrize("rule", ["refuse", "admit"])
@pytest.mark.parametrize("failure", [None, throttled()])
@pytest.mark.parametrize("source", [*_SIGN_INS, *_OTHERS, "TokenGeneration_New"])
def test_no_user_name_is_written(
    source: str, failure: Exception | None, rule: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither log nor metrics nor the error name the user, or anything of the user's attributes."""
    bench = Bench({"FAILURE_RULE": rule}, failure=failure)
    error = ""
    try:
        bench.hook.handle(version_1(source), "request-1")
    except SignInRefused as refusal:
        error = repr(refusal)
    written = capsys.readouterr()
    everything = bench.log.getvalue() + written.out + written.err + error
    assert leaked([USERNAME, f"{USERNAME}@example.com"], everything) == []
    assert bench.lines()[-1]["request_id"] == "request-1"
    assert bench.lines()[-1]["client_id"] == CLIENT_ID


@pytest.mark.parametrize(
    ("source", "failure", "rule", "metric"),
    [
        (SIGN_IN, None, "refuse", "Hook_signed_out"),
        (SIGN_IN, throttled(), "refuse", "Hook_refused"),
        (SIGN_IN, throttled(), "admit", "Hook_admitted"),
        (_OTHERS[0], None, "refuse", "Hook_not_a_sign_in"),
        ("TokenGeneration_New", None, "refuse", "Hook_unknown_source"),
    ],
)
def test_every_outcome_is_counted(
    source: str,
    failure: Exception | None,
    rule: str,
    metric: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each call counts once, under its outcome's own metric."""
    bench = Bench({"FAILURE_RULE": rule, "DEPLOYMENT_NAME": "prod"}, failure=failure)
    try:
        bench.hook.handle(version_1(source))
    except SignInRefused:
        assert metric == "Hook_refused"
    written = json.loads(capsys.readouterr().out)
    assert written[metric] == [1.0]
    (directive,) = written["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "CognitoSessionAuthorizer"
    assert [one["Name"] for one in directive["Metrics"]] == [metric]
    assert [set(names) for names in directive["Dimensions"]] == [{"deployment", "service"}]
    assert written["deployment"] == bench.lines()[-1]["deployment"] == "prod"


def test_dimensions_do_not_pile_up(capsys: pytest.CaptureFixture[str]) -> None:
    """Each call of one sandbox is counted under the same dimensions."""
    bench = Bench()
    for _ in range(3):
        bench.hook.handle(version_1())
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    directives = [line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] for line in written]
    assert [[sorted(names) for names in sets] for sets in directives] == [
        [["deployment", "service"]]
    ] * 3
