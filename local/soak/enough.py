"""Whether a soak has seen enough to say anything: one in which nothing happened proves nothing.

The least numbers are a third or less of what a run on two busy cores comes to; what happens by
chance has more room. They grow with the run's length and with the rate that is asked for.
"""

from __future__ import annotations

from local.soak.plan import Plan
from local.soak.tally import Tally
from local.soak.weather import OUTAGES

#: Answers a minute at 40 requests a second, by kind of request and answer.
_ANSWERS_A_MINUTE = {
    ("call", "200"): 120,
    ("revoked", "401"): 10,
    ("expired", "401"): 4,
    ("forged", "401"): 10,
}
_RATE = 40.0

#: In shorter runs chance leaves some kinds of outage out.
_LONG_SECONDS = 600.0
#: In so many seconds of a long run: each kind of outage once, and of the rest so many.
_EVENTS_IN_LONG = dict.fromkeys(OUTAGES, 1) | {"keys rotated": 5, "sandbox replaced": 10}

#: A machine that is busy needs longer to see enough; by so much at most.
MOST_LONGER_SECONDS = 60.0

#: Of all answers may be 503: half an hour had 1.5 %. In shorter runs outages are closer together:
#: five minutes had 4.9 %, 30 seconds 4 %.
MOST_UNAVAILABLE_LONG, MOST_UNAVAILABLE_SHORT = 0.05, 0.15


def goes_on(plan: Plan, tally: Tally, measured_seconds: float) -> bool:
    """Whether a soak that has measured for so long goes on: as planned, or too little was seen."""
    longer = measured_seconds - plan.measured_seconds
    return longer < 0 or (longer < MOST_LONGER_SECONDS and bool(lacks(plan, tally)))


def lacks(plan: Plan, tally: Tally) -> list[str]:
    """What there was too little of, or too much; nothing if the soak has seen enough."""
    part = plan.seconds / 60 * plan.requests_per_second / _RATE
    found = [
        _too_few(f"{kind} answered {answer}", tally.answers[kind, answer], int(least * part))
        for (kind, answer), least in _ANSWERS_A_MINUTE.items()
    ]
    is_long = plan.seconds >= _LONG_SECONDS
    if is_long:
        longer = plan.seconds / _LONG_SECONDS
        found += [
            _too_few(event, tally.events[event], int(least * longer))
            for event, least in _EVENTS_IN_LONG.items()
        ]
    found.append(
        _too_unavailable(tally, MOST_UNAVAILABLE_LONG if is_long else MOST_UNAVAILABLE_SHORT)
    )
    return [problem for problem in found if problem]


def _too_few(name: str, count: int, least: int) -> str:
    return f"{name}: {count}, should be {least} or more" if count < least else ""


def _too_unavailable(tally: Tally, most: float) -> str:
    if not tally.requests:
        return "no requests"
    unavailable = sum(count for (_, answer), count in tally.answers.items() if answer == "503")
    share = unavailable / tally.requests
    return f"answered 503: {share:.1%}, should be {most:.0%} or less" if share > most else ""
