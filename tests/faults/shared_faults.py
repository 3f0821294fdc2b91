"""Rows that every component has which is asked over the network."""

from __future__ import annotations

from collections.abc import Iterator

from authorizer.errors import Reason
from tests.faults import misbehaviour, moods
from tests.faults.fault import Component, Fault, Squeeze
from tests.faults.places import Place

#: Of the rows that differ by nothing but the way there, those that stand for them in pairs.
_SLOW_IN_PAIRS = {"keeps silent", "falls silent in mid-body", "dribbles"}
_BROKEN_IN_PAIRS = {
    "closes without a word",
    "resets in mid-answer",
    "announces more than it sends",
    "says too much",
    "does not speak HTTP",
}
_STRANGE_IN_PAIRS = {
    "is a proxy's page with 200",
    "is a proxy's page with 502",
    "answers another object",
    "compresses unasked",
    "cuts its JSON short",
    "says 304",
}
_PLACES_IN_PAIRS = {Place.NO_SUCH_NAME, Place.CLOSED_PORT, Place.SELF_SIGNED, Place.CUT_HANDSHAKE}


def shared_faults(component: Component, *, lost: Reason, strange: Reason) -> Iterator[Fault]:
    """The rows of one component.

    Args:
        lost: what it is called when no answer comes.
        strange: what it is called when the answer is not the component's.
    """
    for name, mood in misbehaviour.SLOW.items():
        in_pairs = name in _SLOW_IN_PAIRS
        yield Fault(component, name, lost, mood, is_slow=True, in_pairs=in_pairs)
    for name, mood in misbehaviour.BROKEN.items():
        yield Fault(component, name, lost, mood, in_pairs=name in _BROKEN_IN_PAIRS)
    for name, mood in misbehaviour.STRANGE.items():
        yield Fault(component, name, strange, mood, in_pairs=name in _STRANGE_IN_PAIRS)
    for number, phrase in misbehaviour.REDIRECTS.items():
        mood = moods.answering(b"", f"{number} {phrase}", fields="Location: /elsewhere\r\n")
        in_pairs = number == "302"
        yield Fault(component, f"redirects with {number}", strange, mood, in_pairs=in_pairs)
    for name, mood in misbehaviour.UNUSUAL.items():
        yield Fault(component, name, None, mood, in_pairs=False)
    for place in Place:
        yield Fault(
            component,
            place.value,
            lost,
            place=place,
            is_slow=place is Place.MUTE_HANDSHAKE,
            in_pairs=place in _PLACES_IN_PAIRS,
        )
    for squeeze in Squeeze:
        name, answer = f"memory runs out {squeeze}", Reason.INTERNAL_FAULT
        yield Fault(component, name, answer, squeeze=squeeze, is_outage=False)
