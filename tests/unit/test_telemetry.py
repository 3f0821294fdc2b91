"""What is reported of each decision: one line, which is log record and metrics in one."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from authorizer.errors import Reason
from authorizer.response import Unauthorized
from authorizer.wiring import wire
from tests.cognito import FakeCognito, refused
from tests.events import rest_request
from tests.sandbox import ENVIRONMENT, Sandbox, Seen, new_token
from tests.tokens import ISSUER, ISSUER_NEW_FORM, SessionMaker, sign
from transport import Answer

DOWN = Answer(500, b"")


def metrics(seen: Seen) -> dict[str, Any]:
    """The metrics that CloudWatch takes from a line by its first directive."""
    directive = seen.line["_aws"]["CloudWatchMetrics"][0]
    return {metric["Name"]: seen.line[metric["Name"]] for metric in directive["Metrics"]}


def test_a_line_is_one_write_that_leaves_the_process() -> None:
    """Each decision is written at once, with its line end, and flushed before the answer."""
    sandbox = Sandbox()
    done: list[str] = []
    write = sandbox.log.write

    def note(text: str) -> int:
        done.append(text)
        return write(text)

    sandbox.log.write = note  # type: ignore[method-assign]
    sandbox.log.flush = lambda: done.append("flushed")  # type: ignore[method-assign]
    sandbox.call(new_token())
    line, flushed = done
    assert line.endswith("}\n")
    assert line.count("\n") == 1
    assert flushed == "flushed"


def test_standard_output_takes_a_line_whole(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without another stream a line goes to standard output, the rest of it when not all went."""
    write = os.write
    taken: list[int] = []

    def little(descriptor: int, data: bytes) -> int:
        taken.append(write(descriptor, data[:300]))
        return taken[-1]

    environ = ENVIRONMENT | {"OUTAGE_RULE": "allow"}
    monkeypatch.setattr("os.write", little)
    authorizer = wire(environ, transport=FakeCognito())
    with pytest.raises(Unauthorized):
        authorizer.handle(rest_request("Bearer forged"))
    text, said_otherwise = capfd.readouterr()
    assert [json.loads(line)["message"] for line in text.splitlines()] == [
        "unsafe settings",
        "decision",
    ]
    assert said_otherwise == ""
    assert len(taken) > 2


def test_the_line_says_when_and_who() -> None:
    """Time (RFC 3339, UTC), level, service and deployment stand on each line."""
    sandbox = Sandbox({"DEPLOYMENT_NAME": "blue-2"})
    first = sandbox.call(new_token()).line
    sandbox.clock.advance(0.25)
    second = sandbox.call(new_token()).line
    sandbox.clock.advance(1)
    third = sandbox.call("forged").line
    assert [line["timestamp"] for line in (first, second, third)] == [
        "2026-11-20T12:00:00.000Z",
        "2026-11-20T12:00:00.250Z",
        "2026-11-20T12:00:01.250Z",
    ]
    who = {"level": "INFO", "message": "decision", "service": "authorizer", "deployment": "blue-2"}
    assert first.items() >= who.items()
    assert third.items() >= who.items()


def test_the_start_up_line_is_a_warning_without_metrics() -> None:
    """What is said once at start has the same form, and counts nothing."""
    (line,) = Sandbox({"OUTAGE_RULE": "allow"}).lines()
    assert (line["level"], line["message"]) == ("WARNING", "unsafe settings")
    assert (line["service"], line["deployment"]) == ("authorizer", "default")
    assert "_aws" not in line


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\u0085", "\x00", '"}', "\u2029"])
def test_no_value_can_look_like_another_line(end: str) -> None:
    """Line ends and quotes in a verified claim are escaped: the line stays one line of ASCII."""
    sandbox = Sandbox()
    subject = f'{end}{{"message":"decision","granted":true}}'
    seen = sandbox.call_with(SessionMaker(subject=subject).access())
    (text,) = sandbox.log.getvalue().splitlines()
    assert text.isascii()
    assert text.isprintable()
    assert seen.line["sub"] == subject


@pytest.mark.parametrize(
    ("variable", "named"),
    [
        (
            "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "1-5759e988-bd862e3fe1be46a994272793",
        ),
        ("Root=1-5759e988-bd862e3fe1be46a994272793", "1-5759e988-bd862e3fe1be46a994272793"),
        ("Root=1-5759e988-bd862e3fe1be46a99427279X;Sampled=1", None),
        ("", None),
    ],
)
def test_the_trace_is_named(variable: str, named: str | None) -> None:
    """If Lambda traces, the line names the trace, by nothing but an identifier of X-Ray's form."""
    seen = Sandbox({"_X_AMZN_TRACE_ID": variable}).call(new_token())
    assert seen.line.get("xray_trace_id") == named


def test_every_directive_holds_by_cloudwatchs_rules() -> None:
    """Dimensions are texts of the line, metrics are numbers of it, and each has a unit."""
    sandbox = Sandbox()
    seen = [sandbox.call(new_token()), sandbox.call("forged"), sandbox.send(None)]
    for line in (one.line for one in seen):
        assert line["_aws"]["Timestamp"] == sandbox.clock() * 1000
        for directive in line["_aws"]["CloudWatchMetrics"]:
            assert directive["Namespace"] == "CognitoSessionAuthorizer"
            (dimensions,) = directive["Dimensions"]
            assert all(isinstance(line[name], str) and line[name] for name in dimensions)
            for metric in directive["Metrics"]:
                assert type(line[metric["Name"]]) in {int, float}
                assert metric["Unit"] in {"Count", "Milliseconds", "Seconds"}


def test_metrics_of_a_grant() -> None:
    """A grant counts once, with its source, latencies and the age of the keys."""
    sandbox = Sandbox({"VERDICT_TTL_SECONDS": "60"})
    token = new_token()
    first = metrics(sandbox.call(token))
    sandbox.clock.advance(7)
    second = metrics(sandbox.call(token))
    assert (first["Granted"], first["VerdictFrom_getuser"]) == (1, 1)
    assert (first["Asked_getuser_active"], first["KeySetFetches"]) == (1, 1)
    assert {"AskedLatency", "DecisionLatency"} <= set(first)
    assert second == {
        "Granted": 1,
        "VerdictFrom_memory": 1,
        "DecisionLatency": 0,
        "VerificationLatency": 0,
        "RevocationLatency": 0,
        "KeyAge": 7,
    }


def test_latencies_are_those_of_the_stages() -> None:
    """Each stage's time is a metric in milliseconds, also where the stage ends in a refusal."""
    sandbox = Sandbox()
    request = sandbox.cognito.request

    def slow(*args: Any, **kwargs: Any) -> Any:
        sandbox.clock.advance(0.25)
        return request(*args, **kwargs)

    sandbox.cognito.request = slow  # type: ignore[method-assign]
    session = SessionMaker()
    sandbox.cognito.revoked.add(session.origin_jti)
    seen = sandbox.call_with(session.access())
    assert (
        metrics(seen).items()
        >= {
            "DecisionLatency": 500,
            "VerificationLatency": 250,
            "RevocationLatency": 250,
            "AskedLatency": 250,
        }.items()
    )
    assert seen.line["stage_ms"] == {"verification": 250, "revocation": 250, "total": 500}
    units = seen.line["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    assert {"Name": "RevocationLatency", "Unit": "Milliseconds"} in units
    assert {"Name": "KeyAge", "Unit": "Seconds"} in units
    assert {"Name": "Refused", "Unit": "Count"} in units


def test_a_refusal_counts_in_all_and_by_reason() -> None:
    """The total has the dimensions deployment and service; each reason is a metric beside it."""
    sandbox = Sandbox()
    refusal = sandbox.call("forged")
    total, by_reason = refusal.line["_aws"]["CloudWatchMetrics"]
    assert refusal.reason == Reason.TOKEN_MALFORMED
    assert total["Dimensions"] == [["deployment", "service"]]
    assert metrics(refusal)["Refused"] == 1
    assert "KeyAge" not in metrics(refusal)
    assert by_reason["Dimensions"] == [["deployment", "service", "reason"]]
    assert by_reason["Metrics"] == [{"Name": "Refused", "Unit": "Count"}]


def test_a_grant_counts_for_no_reason() -> None:
    """The reason of one decision does not linger on the next."""
    sandbox = Sandbox()
    sandbox.call("forged")
    assert len(sandbox.call(new_token()).line["_aws"]["CloudWatchMetrics"]) == 1


def test_an_outage_is_not_a_refusal() -> None:
    """What could not be found out counts as unavailable, in all and by reason."""
    sandbox = Sandbox()
    sandbox.cognito.key_set_failure = DOWN
    seen = sandbox.call(new_token())
    assert metrics(seen)["Unavailable"] == 1
    assert "Refused" not in metrics(seen)
    by_reason = seen.line["_aws"]["CloudWatchMetrics"][1]
    assert by_reason["Metrics"] == [{"Name": "Unavailable", "Unit": "Count"}]


def test_no_answer_is_no_verdict() -> None:
    """What could not be found out does not count as a verdict that somebody had at hand."""
    sandbox = Sandbox()
    sandbox.cognito.session_failure = DOWN
    seen = sandbox.call(new_token())
    assert seen.line["session_state"] == "unavailable"
    assert not [name for name in metrics(seen) if name.startswith("VerdictFrom_")]


def test_throttling_is_counted() -> None:
    """That Cognito's quota is spent is a metric of its own, unlike other failures of it."""
    sandbox = Sandbox()
    sandbox.cognito.session_failure = refused("TooManyRequestsException")
    throttled = sandbox.call(new_token())
    assert (throttled.reason, metrics(throttled)["Throttled"]) == (Reason.ISSUER_THROTTLED, 1)
    sandbox.cognito.session_failure = DOWN
    assert "Throttled" not in metrics(sandbox.call(new_token()))


@pytest.mark.parametrize(
    ("environment", "scope", "metric"),
    [
        ({"OUTAGE_RULE": "allow"}, None, "FailedOpen"),
        (
            {"OUTAGE_RULE": "stale", "STALE_GRACE_SECONDS": "9", "VERDICT_TTL_SECONDS": "0"},
            None,
            "StaleVerdictServed",
        ),
        ({"UNCHECKED_SESSION_RULE": "allow"}, "orders/read", "UncheckedSessionAllowed"),
    ],
)
def test_every_use_of_an_unsafe_rule_is_counted(
    environment: dict[str, str], scope: str | None, metric: str
) -> None:
    """Letting in unchecked or stale is a metric of its own."""
    sandbox = Sandbox(environment)
    claims = SessionMaker().access(**({} if scope is None else {"scope": scope}))
    sandbox.call_with(claims)
    sandbox.cognito.session_failure = DOWN
    seen = sandbox.call_with(claims)
    assert seen.status == 200
    assert metrics(seen)[metric] == 1


def test_stale_keys_are_counted() -> None:
    """Serving keys beyond their age is a metric of its own."""
    sandbox = Sandbox({"JWKS_MAX_AGE_SECONDS": "60"})
    sandbox.call(new_token())
    sandbox.cognito.key_set_failure = DOWN
    sandbox.clock.advance(61)
    seen = sandbox.call(new_token())
    assert seen.status == 200
    assert metrics(seen)["StaleKeysServed"] == 1


def test_keys_that_a_decision_did_not_use_are_not_reported() -> None:
    """Whoever forges a token decides whose keys are looked at, and not what is said of them."""
    another = SessionMaker().access(iss=ISSUER_NEW_FORM)
    sandbox = Sandbox({"ISSUERS": f"{ISSUER},{ISSUER_NEW_FORM}", "JWKS_MAX_AGE_SECONDS": "60"})
    sandbox.call_with(another)
    sandbox.clock.advance(59)
    assert metrics(sandbox.call(new_token()))["KeyAge"] == 0
    sandbox.clock.advance(2)
    sandbox.cognito.key_set_failure = DOWN
    forged = sandbox.call(sign(another, header={"kid": "forged"}))
    assert forged.reason == Reason.KEYS_UNAVAILABLE
    assert not {"KeyAge", "StaleKeysServed"} & set(metrics(forged))
    seen = metrics(sandbox.call(new_token()))
    assert seen["KeyAge"] == 2
    assert "StaleKeysServed" not in seen


def test_powertools_variables_change_nothing() -> None:
    """Decisions are reported whatever the other Lambdas' logger is told."""
    quiet = {"POWERTOOLS_LOG_LEVEL": "CRITICAL", "POWERTOOLS_METRICS_DISABLED": "true"}
    assert metrics(Sandbox(quiet).call(new_token()))["Granted"] == 1
