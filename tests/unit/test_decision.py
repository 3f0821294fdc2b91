"""The whole decision, from event to answer."""

from __future__ import annotations

from tests.sandbox import Sandbox, new_token


def test_a_living_session_is_granted() -> None:
    """A verified token whose session lives gets a policy that allows the route."""
    seen = Sandbox().call(new_token())
    assert (seen.status, seen.reason) == (200, None)
