"""All measurements, one after the other. What cannot be measured is named, and the rest goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from ops.answers import Exit, OpsError, UnavailableError
from ops.aws import answering, error_code
from ops.probe.asking import ASKING_NEEDS, Asking, Pace
from ops.probe.events import EVENT_NEEDS, EventResult, measure_events
from ops.probe.gateway import GATEWAY_PROBE_NEEDS, CacheResult, measure_cache
from ops.probe.place import PLACE_NEEDS, Place
from ops.probe.revocations import REVOCATION_NEEDS, Way, WayResult, measure_way
from ops.probe.sign_ins import TRIGGER_FAILED, Flow, FlowResult, measure_flow
from ops.probe.texts import TEXT_NEEDS, measure_texts
from ops.probe.trigger_function import SIGNED_OUT
from ops.run import Run

PROBE_NEEDS = (
    *PLACE_NEEDS,
    *ASKING_NEEDS,
    *REVOCATION_NEEDS,
    *TEXT_NEEDS,
    *EVENT_NEEDS,
    *GATEWAY_PROBE_NEEDS,
)

#: As many users of each kind: a user's turns lie seconds apart, and his own quotas are not met.
USERS = 10
#: Tries without a sign-out: they only tell sources, and what refreshing does to a session.
PLAIN_TRIES = 5
_EVENT_USERS = 3

#: Permissions that were just given are not known everywhere at once.
_WARM_UPS, _PAUSE_SECONDS = 20, 3.0
#: So many sign-ins in a row have to succeed.
_STEADY = 5

MANAGED_LOGIN = "managed login: it takes a browser, and a domain that everybody can see"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to measure.

    Args:
        tries: sign-ins of each flow.
        revocations: sessions to revoke in each way.
        per_second: turns a second; each takes at most two calls of any category.
        has_events: whether to wait for EventBridge.
        has_gateway: whether to make an API and see what its cache repeats.
    """

    tries: int
    revocations: int
    per_second: float
    has_events: bool
    has_gateway: bool

    @property
    def turns(self) -> int:
        """All that is done in turns."""
        return len(Flow) * (self.tries + PLAIN_TRIES) + len(Way) * self.revocations


@dataclass
class Report:
    """What was measured.

    Attributes:
        unmeasured: what was not, and why.
        left: what could not be deleted, or was kept.
    """

    name: str
    flows: list[FlowResult] = field(default_factory=list)
    ways: list[WayResult] = field(default_factory=list)
    texts: Mapping[str, str] = field(default_factory=dict)
    events: EventResult | None = None
    cache: CacheResult | None = None
    latencies_ms: list[float] = field(default_factory=list)
    no_answers: Counter[str] = field(default_factory=Counter)
    unmeasured: list[tuple[str, str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def measure(
    run: Run, wanted: Wanted, *, is_kept: bool, told: Callable[[int], None] = lambda _done: None
) -> Report:
    """Make the place, measure, and delete it.

    Args:
        is_kept: leave everything there.
        told: of how many turns are done.

    Raises:
        OpsError: the place cannot be made; it names what could not be deleted, or was kept.
    """
    place = Place(run, is_kept=is_kept)
    report = Report(place.name)
    report.left = place.left
    try:
        with place:
            asking = Asking(run, place)
            report.latencies_ms, report.no_answers = asking.latencies_ms, asking.no_answers
            with answering():
                _measure_all(asking, wanted, report, told)
    except BaseException as error:
        if not place.left:
            raise
        raise _naming(error, place.left, is_kept=is_kept) from error
    return report


def _naming(error: BaseException, left: Sequence[str], *, is_kept: bool) -> OpsError:
    """What is told of an error, if something is still there."""
    if isinstance(error, OpsError):
        code, said, exit_code = error.code, str(error), error.exit_code
    elif isinstance(error, KeyboardInterrupt):
        code, said, exit_code = "interrupted", "interrupted", Exit.INTERRUPTED
    else:
        # Its text may quote anything.
        code, said, exit_code = "defect", type(error).__name__, Exit.DEFECT
    return OpsError(
        code, f"{said}; still there: {'; '.join(left)}", exit_code if is_kept else Exit.PARTLY
    )


def _measure_all(
    asking: Asking, wanted: Wanted, report: Report, told: Callable[[int], None]
) -> None:
    pace, done = Pace(asking.run, wanted.per_second), 0

    def turn() -> None:
        nonlocal done
        done += 1
        told(done)

    def attempt(what: str, do: Callable[[], None]) -> None:
        try:
            with answering():
                do()
        except OpsError as error:
            report.unmeasured.append((what, str(error)))

    signed_out = asking.make_users(SIGNED_OUT, USERS, pace)
    plain = asking.make_users("plain-", USERS, pace)
    _warm_up(asking, signed_out[0])
    for flow in Flow:
        for users, tries in ((plain, PLAIN_TRIES), (signed_out, wanted.tries)):
            look = partial(measure_flow, asking, flow, users, tries, pace=pace, told=turn)
            signs_out = users is signed_out
            what = f"{flow}{', signed out' if signs_out else ''}"
            attempt(what, partial(_append, report.flows, partial(look, signs_out=signs_out)))
    for way in Way:
        look_at = partial(measure_way, asking, way, plain, wanted.revocations, pace=pace, told=turn)
        attempt(way, partial(_append, report.ways, look_at))
    if wanted.has_events:
        attempt("events", lambda: _take_events(asking, report, pace))
    if wanted.has_gateway:
        attempt("gateway", lambda: _take_cache(asking, report, pace))
    # It deletes its user, and so comes last.
    attempt("texts", lambda: _take_texts(asking, report, plain[-1], pace))
    report.unmeasured.append(("TokenGeneration_HostedAuth", MANAGED_LOGIN))


def _append(results: list[Any], measured: Callable[[], Any]) -> None:
    results.append(measured())


def _take_events(asking: Asking, report: Report, pace: Pace) -> None:
    users = asking.make_users("event-", _EVENT_USERS, pace)
    report.events = measure_events(asking, users, pace)
    if len(report.events.seconds) < report.events.expected:
        missing = report.events.expected - len(report.events.seconds)
        raise UnavailableError("events", f"{missing} events did not arrive: is there a trail?")


def _take_cache(asking: Asking, report: Report, pace: Pace) -> None:
    report.cache = measure_cache(asking, pace)


def _take_texts(asking: Asking, report: Report, user: str, pace: Pace) -> None:
    report.texts = measure_texts(asking, pace, user)


def _warm_up(asking: Asking, user: str) -> None:
    """Sign in until the trigger may do what it is to do, everywhere. Raises ClientError."""
    steady = failures = 0
    while steady < _STEADY:
        try:
            asking.sign_in(user, asking.place.plain_client_id)
        except ClientError as error:
            steady, failures = 0, failures + 1
            if error_code(error) not in TRIGGER_FAILED or failures == _WARM_UPS:
                raise
            asking.run.world.pause(_PAUSE_SECONDS)
        else:
            steady += 1
