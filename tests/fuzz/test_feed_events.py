"""The CloudTrail event reader: any event is a revocation, nothing to do, or unusable."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from hypothesis import event as note
from hypothesis import strategies as st

from session_feed.events import EFFECTS, EventError, read_event
from tests.fuzz.batches import Fuzz, attempt
from tests.fuzz.json_texts import any_json, any_text
from tests.tokens import NOW, POOL_ID
from tests.unit.session_feed.bench import SUBJECT
from tests.unit.session_feed.bench import event as trail_event

_ROLE = "arn:aws:iam::123456789012:role/hook"
_IDENTITY = {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": _ROLE}}}
_MOMENTS: st.SearchStrategy[Any] = st.sampled_from(
    [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-02-29T00:00:00Z",
        "2026-11-20T12:05:60Z",
        "2026-11-20T12:05:00+00:00",
        "\N{FULLWIDTH DIGIT TWO}026-11-20T12:05:00Z",
        "2026-1-2T3:4:5Z",
        "2026-11-20T12:05:00Z\n",
        "",
    ]
)
_FIXED = {"operation unknown", "no subject", "no time"}


@st.composite
def _events(draw: st.DrawFn) -> Any:
    """An event of Cognito's with members anywhere in it replaced, removed or added."""
    event = copy.deepcopy(
        trail_event(draw(st.sampled_from(sorted(EFFECTS))), userIdentity=_IDENTITY)
    )
    for _ in range(draw(st.integers(0, 2))):
        holder: Any = event["detail"]
        while True:
            inner = sorted(name for name, held in holder.items() if isinstance(held, dict) and held)
            if not inner or draw(st.booleans()):
                break
            holder = holder[draw(st.sampled_from(inner))]
        name = draw(st.sampled_from([*sorted(holder), "eventTime", "eventTime"]) | any_text)
        if draw(st.booleans()):
            holder[name] = draw(_MOMENTS if name == "eventTime" else any_json)
        else:
            holder.pop(name, None)
    return event


def test_any_event_is_acted_on_or_dropped(fuzz: Fuzz[Any]) -> None:
    """A revocation names a subject in its own words and a moment; an error is a fixed one."""

    def holds(event: Any) -> None:
        before = repr(event)
        revocation = attempt(lambda: read_event(event, POOL_ID, _ROLE), EventError)
        assert repr(event) == before
        if isinstance(revocation, EventError):
            note(str(revocation))
            assert str(revocation) in _FIXED
            return
        if revocation is None:
            note("ignored")
            return
        note("revocation")
        assert revocation.operation in EFFECTS
        assert re.fullmatch(r"[0-9A-Za-z-]+", revocation.subject)
        assert json.dumps(revocation.subject) in json.dumps(event)
        assert type(revocation.happened_at) is int

    others = any_json | any_json.map(lambda detail: {"detail": detail})
    fuzz(st.integers(0, 4).flatmap(lambda right: _events() if right else others), holds)


def test_the_event_that_is_damaged_is_good() -> None:
    """The damage above starts from an event that is a revocation."""
    revocation = read_event(trail_event(userIdentity=_IDENTITY), POOL_ID, _ROLE)
    assert revocation is not None
    assert (revocation.subject, revocation.happened_at) == (SUBJECT, NOW)
