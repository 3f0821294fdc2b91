"""Every metric of the Lambdas that something here is built on, with its unit.

The names are contracts: ``tests/infra/test_telemetry_contract.py`` drives the Lambdas through all
that they can find, and fails for a name here that none of them writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import product

from authorizer.log_line import NAMESPACE
from authorizer.revocation.check import FoundBy, LedgerUse
from authorizer.revocation.verdict import Outcome
from pre_token_hook.hook import Outcome as HookOutcome
from receivers.report import Outcome as Received
from receivers.transmitters import Kind
from sign_out.report import Outcome as SignedOut

__all__ = ["METRICS", "NAMESPACE", "Service", "Unit", "asked", "verdict_from"]

#: Dimensions of every metric, and of the two that are also told apart by reason.
DIMENSIONS = ("deployment", "service")
DIMENSIONS_BY_REASON = (*DIMENSIONS, "reason")
METRICS_BY_REASON = frozenset({"Refused", "Unavailable"})


class Service(StrEnum):
    """Which Lambda writes a metric."""

    AUTHORIZER = "authorizer"
    HOOK = "pre_token_hook"
    FEED = "session_feed"
    SIGN_OUT = "sign_out"
    BACKCHANNEL_LOGOUT = Kind.BACKCHANNEL_LOGOUT.value
    SECURITY_EVENTS = Kind.SECURITY_EVENTS.value
    GLOBAL_REVOCATION = Kind.GLOBAL_REVOCATION.value


class Unit(StrEnum):
    """CloudWatch's words."""

    COUNT = "Count"
    MILLISECONDS = "Milliseconds"
    SECONDS = "Seconds"


#: Where a verdict can be asked for, and how else one can be found.
SOURCES = ("getuser", "userinfo", "introspection")
FINDINGS = (*SOURCES, *(found_by.value for found_by in FoundBy))

FEED_OUTCOMES = ("marked", "ignored", "unusable")

#: What only a stream of security events has in it.
_OF_STREAMS = frozenset({Received.IGNORED, Received.VERIFICATION})


def _authorizer() -> Iterator[tuple[str, Unit]]:
    for name in ("Granted", "Refused", "Unavailable", "WouldRefuse", "Throttled"):
        yield name, Unit.COUNT
    for name in ("DecisionLatency", "VerificationLatency", "RevocationLatency", "AskedLatency"):
        yield name, Unit.MILLISECONDS
    for source, outcome in product(SOURCES, Outcome):
        yield asked(source, outcome), Unit.COUNT
    for finding in FINDINGS:
        yield verdict_from(finding), Unit.COUNT
    for use in LedgerUse:
        if use is not LedgerUse.OFF:
            yield f"Ledger_{use}", Unit.COUNT
    for name in ("StaleVerdictServed", "FailedOpen", "UncheckedSessionAllowed"):
        yield name, Unit.COUNT
    for name in ("SessionsEvicted", "VerdictNotShared", "StaleKeysServed", "KeySetFetches"):
        yield name, Unit.COUNT
    # Of the keys by which the decision's token was verified; there is none without such a token.
    yield "KeyAge", Unit.SECONDS


def asked(source: str, outcome: Outcome) -> str:
    """The name of the count of questions to a source that were answered so."""
    return f"Asked_{source}_{outcome}"


def verdict_from(finding: str) -> str:
    """The name of the count of verdicts that were found so."""
    return f"VerdictFrom_{finding}"


#: The unit of each metric, by the Lambda that writes it.
METRICS: dict[Service, dict[str, Unit]] = {
    Service.AUTHORIZER: dict(_authorizer()),
    Service.HOOK: {f"Hook_{outcome}": Unit.COUNT for outcome in HookOutcome},
    Service.FEED: {
        **{f"Feed_{outcome}": Unit.COUNT for outcome in FEED_OUTCOMES},
        "FeedLag": Unit.SECONDS,
    },
    Service.SIGN_OUT: {f"SignOut_{outcome}": Unit.COUNT for outcome in SignedOut},
    **{
        Service(kind.value): {
            f"Received_{outcome}": Unit.COUNT
            for outcome in Received
            if kind is Kind.SECURITY_EVENTS or outcome not in _OF_STREAMS
        }
        for kind in Kind
    },
}
