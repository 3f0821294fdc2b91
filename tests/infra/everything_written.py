"""Drives the Lambdas through all that they can find, and collects what they write."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.observability.catalogue import Service
from ledger.rows import LedgerError
from pre_token_hook.hook import SignInRefused
from receivers.transmitters import Kind
from tests.cognito import refused
from tests.dynamodb import FakeDynamoDb
from tests.sandbox import Sandbox
from tests.tokens import CLIENT_ID, MACHINE_CLIENT_ID, NOW, SessionMaker, sign
from tests.unit.pre_token_hook import triggers
from tests.unit.receivers.bench import Bench as ReceiverBench
from tests.unit.receivers.bench import refused as rejected
from tests.unit.revocation.test_ledger_answers import Bench as LedgerBench
from tests.unit.session_feed import bench as feed
from tests.unit.sign_out.bench import REFRESH_TOKEN
from tests.unit.sign_out.bench import Bench as SignOutBench
from tests.unit.test_providers import Bench as ProviderBench
from transport import Deadline, TransportError

THROTTLED = refused("TooManyRequestsException")
FAULTY = refused("InternalErrorException", status=500)
_VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification"
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


@dataclass(frozen=True, slots=True)
class Written:
    """One line, as CloudWatch reads it."""

    service: Service
    line: Mapping[str, Any]

    @property
    def metrics(self) -> Iterator[tuple[str, str, frozenset[str]]]:
        """Name, unit and dimensions of each metric in it."""
        for directive in self.line.get("_aws", {}).get("CloudWatchMetrics", ()):
            assert directive["Namespace"] == "CognitoSessionAuthorizer"
            for metric in directive["Metrics"]:
                for dimensions in directive["Dimensions"]:
                    assert set(dimensions) <= set(self.line)
                    yield metric["Name"], metric["Unit"], frozenset(dimensions)

    @property
    def fields(self) -> set[str]:
        """What Logs Insights finds in it; members of members stand behind a dot."""
        return set(_fields(self.line))


def everything_written() -> list[Written]:
    """Lines of all Lambdas that are watched."""
    written: list[Written] = []
    for service, scenarios in SCENARIOS.items():
        for scenario in scenarios:
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                log = scenario()
            lines = (log.getvalue() + output.getvalue()).splitlines()
            written.extend(Written(service, json.loads(line)) for line in lines)
    return written


def _asked_and_refused() -> io.StringIO:
    sandbox = Sandbox({"_X_AMZN_TRACE_ID": TRACE, "ROUTE_RULES": '{"default": "closed"}'})
    session = SessionMaker()
    sandbox.call_with(session.access())
    sandbox.cognito.revoked.add(session.origin_jti)
    sandbox.call_with(session.access())
    sandbox.cognito.session_failure = THROTTLED
    sandbox.call_with(SessionMaker().access())
    sandbox.call("no token")
    sandbox.send({"no": "event"})
    return sandbox.log


def _asked_at_userinfo() -> io.StringIO:
    sandbox = Sandbox({"USERINFO_URL": "https://id.example.com/oauth2/userInfo"})
    session = SessionMaker()
    sandbox.call_with(session.access(scope="openid"))
    sandbox.cognito.revoked.add(session.origin_jti)
    sandbox.call_with(session.access(scope="openid"))
    sandbox.cognito.session_failure = FAULTY
    sandbox.call_with(SessionMaker().access(scope="openid"))
    return sandbox.log


def _asked_by_introspection() -> io.StringIO:
    bench = ProviderBench()
    token = bench.auth0_token()
    bench.call(token)
    bench.auth0.end(token)
    bench.clock.advance(60)
    bench.call(token)
    bench.auth0.failure = TransportError("down")
    bench.call_auth0()
    return bench.log


def _by_rules() -> io.StringIO:
    environment = {"MACHINE_CLIENT_IDS": MACHINE_CLIENT_ID, "UNCHECKED_SESSION_RULE": "allow"}
    sandbox = Sandbox(environment | {"OUTAGE_RULE": "allow", "ENFORCEMENT": "shadow"})
    session = SessionMaker()
    sandbox.call_with(session.machine())
    sandbox.call_with(session.access(scope="email"))
    sandbox.cognito.revoked.add(session.origin_jti)
    sandbox.call_with(session.access())
    sandbox.cognito.session_failure = FAULTY
    sandbox.call_with(SessionMaker().access())
    return sandbox.log


def _from_memory_and_stale() -> io.StringIO:
    sandbox = Sandbox(
        {"VERDICT_TTL_SECONDS": "5", "OUTAGE_RULE": "stale", "STALE_GRACE_SECONDS": "60"}
    )
    token = sign(SessionMaker().access())
    sandbox.call(token)
    sandbox.call(token)
    sandbox.clock.advance(10)
    sandbox.cognito.session_failure = FAULTY
    sandbox.call(token)
    return sandbox.log


def _with_old_keys_and_none() -> io.StringIO:
    sandbox = Sandbox()
    session = SessionMaker()
    sandbox.call_with(session.access(exp=NOW + 86_400))
    sandbox.cognito.key_set_failure = TransportError("down")
    for seconds in (3601, 86_000):
        sandbox.clock.advance(seconds)
        sandbox.call_with(session.access(exp=NOW + 172_800))
    return sandbox.log


def _with_a_ledger() -> io.StringIO:
    bench = LedgerBench(SESSION_POLICY="evict_oldest")
    old = SessionMaker(signed_in_at=NOW - 10)
    new = SessionMaker(subject=old.subject)
    for claims in (old.access(), new.access(), new.access()):
        bench.call(claims)
    bench.clock.advance(6)
    bench.call(new.access())
    bench.call(old.access())
    bench.table.failure = LedgerError("ThrottlingException")
    bench.call(SessionMaker().access())
    return bench.log


def _with_a_ledger_that_takes_no_verdict() -> io.StringIO:
    bench = LedgerBench()

    def fail_the_second(operation: str) -> None:
        if operation == "UpdateItem" and bench.table.counts["UpdateItem"]:
            bench.table.failure = LedgerError("ThrottlingException")

    bench.table.before = fail_the_second
    bench.call(SessionMaker().access())
    return bench.log


def _at_the_hook() -> io.StringIO:
    log = io.StringIO()
    for environment, failure, event in (
        ({}, None, triggers.version_1()),
        ({"EXEMPT_CLIENT_IDS": CLIENT_ID}, None, triggers.version_1()),
        ({}, None, triggers.version_1("TokenGeneration_RefreshTokens")),
        ({}, None, triggers.version_1("TokenGeneration_New")),
        ({}, triggers.throttled(), triggers.version_1()),
        ({"FAILURE_RULE": "admit"}, triggers.throttled(), triggers.version_1()),
    ):
        bench = triggers.Bench(environment, failure=failure, log=log)
        with contextlib.suppress(SignInRefused):
            bench.hook.handle(event)
    unmarked = triggers.Bench({"LEDGER_TABLE": "sessions"}, log=log, ledger_calls=_no_table)
    unmarked.hook.handle(triggers.version_1())
    return log


def _no_table(operation: str, payload: Mapping[str, Any], deadline: Deadline) -> Mapping[str, Any]:
    raise LedgerError("ThrottlingException")


def _at_the_feed() -> io.StringIO:
    bench = feed.Bench(FakeDynamoDb())
    for event in (feed.event(), feed.event(errorCode="Denied"), feed.event(subject=None)):
        bench.feed.handle(event)
    return bench.log


def _at_the_sign_out_endpoint() -> io.StringIO:
    bench = SignOutBench()
    bench.send(bearer=bench.token())
    bench.send()
    bench.send(cookies={"refresh": REFRESH_TOKEN}, headers={"origin": "https://else.example.com"})
    bench.send(method="GET")
    bench.table.failure = LedgerError("ThrottlingException")
    bench.send(bearer=bench.token())
    return bench.log


def _at_a_receiver(kind: Kind) -> Callable[[], io.StringIO]:
    def scenario() -> io.StringIO:
        bench = ReceiverBench(kind, stated={"cognitoUser": "username", "sessionClaim": None})
        bench.pool.add("ada")
        token = bench.token()
        for sent in (token, token, "no token"):
            bench.send(sent)
        bench.pool.failures["AdminUserGlobalSignOut"] = rejected("NotAuthorizedException")
        bench.send()
        bench.pool.users.clear()
        bench.send()
        _of_nobody(bench)
        if kind is Kind.SECURITY_EVENTS:
            bench.send(events={_VERIFICATION: {"state": "x"}})
            bench.send(events={"https://example.com/another": {}})
        bench.table.failure = LedgerError("ThrottlingException")
        bench.send()
        return bench.log

    return scenario


def _of_nobody(bench: ReceiverBench) -> None:
    """A message that names no user or session of ours."""
    if bench.kind is Kind.BACKCHANNEL_LOGOUT:
        bench.send(sub=None)
    elif bench.kind is Kind.SECURITY_EVENTS:
        bench.send(sub_id={"format": "email", "email": "ada@example.com"})
    else:
        bench.send(body={"sub_id": {"format": "email", "email": "ada@example.com"}})


SCENARIOS: dict[Service, tuple[Callable[[], io.StringIO], ...]] = {
    Service.AUTHORIZER: (
        _asked_and_refused,
        _asked_at_userinfo,
        _asked_by_introspection,
        _by_rules,
        _from_memory_and_stale,
        _with_old_keys_and_none,
        _with_a_ledger,
        _with_a_ledger_that_takes_no_verdict,
    ),
    Service.HOOK: (_at_the_hook,),
    Service.FEED: (_at_the_feed,),
    Service.SIGN_OUT: (_at_the_sign_out_endpoint,),
    **{Service(kind.value): (_at_a_receiver(kind),) for kind in Kind},
}


def _fields(members: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in members.items():
        if isinstance(value, dict):
            yield from _fields(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"
