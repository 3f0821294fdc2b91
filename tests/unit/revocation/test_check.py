"""Memory, outage rule and unchecked sessions, on a moved clock."""

from __future__ import annotations

import pytest

from authorizer.errors import Reason
from tests.cognito import refused
from tests.sandbox import Sandbox
from tests.tokens import SessionMaker, sign
from transport import Answer, TransportError

DOWN = TransportError("could not connect")
STALE = {"OUTAGE_RULE": "stale", "STALE_GRACE_SECONDS": "60", "VERDICT_TTL_SECONDS": "30"}


class Story:
    """One session in one sandbox."""

    def __init__(self, **environment: str) -> None:
        self.sandbox = Sandbox(environment)
        self.session = SessionMaker()

    def call(self, **changes: object) -> tuple[int, str | None]:
        seen = self.sandbox.call_with(self.session.access(**changes))
        return seen.status, seen.reason

    def revoke(self) -> None:
        self.sandbox.cognito.revoked.add(self.session.origin_jti)

    @property
    def asked(self) -> int:
        return self.sandbox.cognito.getuser_calls


def test_a_second_request_does_not_ask_within_the_ttl() -> None:
    """One session is asked about once within the TTL, whichever of its tokens is shown."""
    story = Story(VERDICT_TTL_SECONDS="30")
    story.call()
    story.sandbox.clock.advance(29.9)
    assert story.call() == (200, None)
    assert story.asked == 1


def test_a_revoked_session_dies_with_the_ttl() -> None:
    """A revoked token lives on until the TTL is over, and dies then, not later."""
    story = Story(VERDICT_TTL_SECONDS="30")
    story.call()
    story.revoke()
    story.sandbox.clock.advance(29.9)
    assert story.call() == (200, None)
    story.sandbox.clock.advance(0.1)
    assert story.call() == (401, Reason.SESSION_REVOKED)


def test_a_ttl_of_zero_asks_every_time() -> None:
    """With a TTL of 0 a revocation bites on the next request, on an unmoved clock."""
    story = Story(VERDICT_TTL_SECONDS="0")
    story.call()
    story.call()
    assert story.asked == 2
    story.revoke()
    assert story.call() == (401, Reason.SESSION_REVOKED)


def test_sessions_do_not_share_verdicts() -> None:
    """Another session of the same user is asked about on its own."""
    story = Story(VERDICT_TTL_SECONDS="30")
    story.call()
    other = SessionMaker(subject=story.session.subject)
    assert story.sandbox.call_with(other.access()).status == 200
    assert story.asked == 2


def test_an_active_verdict_never_outlives_its_token() -> None:
    """A token that expires before the TTL is over takes the verdict with it."""
    story = Story(VERDICT_TTL_SECONDS="3600", LEEWAY_SECONDS="5")
    token = story.session.access()
    token["exp"] = token["iat"] + 10
    text = sign(token)
    story.sandbox.call(text)
    story.sandbox.clock.advance(10)
    # Within the leeway the token is still taken, but nobody's word about it is.
    assert story.sandbox.call(text).status == 200
    assert story.asked == 2


def test_a_rejection_is_remembered_until_exp() -> None:
    """A revoked session is not asked about again as long as its token lives."""
    story = Story(VERDICT_TTL_SECONDS="0")
    story.revoke()
    story.call()
    story.sandbox.clock.advance(3599)
    assert story.call() == (401, Reason.SESSION_REVOKED)
    assert story.asked == 1


def test_a_refused_token_does_not_condemn_its_session() -> None:
    """What is said of one token alone says nothing of the next one of that session."""
    story = Story(VERDICT_TTL_SECONDS="30")
    token = sign(story.session.access())
    story.sandbox.cognito.session_failure = refused("NotAuthorizedException", "Invalid token")
    assert story.sandbox.call(token).status == 401
    story.sandbox.cognito.session_failure = None
    assert story.call() == (200, None)
    assert story.sandbox.call(token).reason == Reason.REFUSED_BY_ISSUER
    assert story.asked == 2


def test_an_outage_is_not_a_refusal_and_not_remembered() -> None:
    """While Cognito is down the answer is 503, and the next request after it is served at once."""
    story = Story(VERDICT_TTL_SECONDS="30")
    story.sandbox.cognito.session_failure = refused("TooManyRequestsException")
    assert story.call() == (503, Reason.ISSUER_THROTTLED)
    story.sandbox.cognito.session_failure = None
    assert story.call() == (200, None)


def test_a_remembered_verdict_bridges_an_outage_within_its_ttl() -> None:
    """An outage shorter than the TTL is not noticed by who was seen before it."""
    story = Story(VERDICT_TTL_SECONDS="30")
    story.call()
    story.sandbox.cognito.session_failure = DOWN
    story.sandbox.clock.advance(29.9)
    assert story.call() == (200, None)
    story.sandbox.clock.advance(0.1)
    assert story.call() == (503, Reason.ISSUER_UNREACHABLE)


def test_stale_verdicts_are_served_for_the_grace_and_no_longer() -> None:
    """OUTAGE_RULE=stale: the last active verdict counts for TTL and grace together."""
    story = Story(**STALE)
    story.call()
    story.sandbox.cognito.session_failure = DOWN
    story.sandbox.clock.advance(89.9)
    seen = story.sandbox.call_with(story.session.access())
    assert (seen.status, seen.line["found_by"]) == (200, "stale")
    story.sandbox.clock.advance(0.1)
    assert story.call() == (503, Reason.ISSUER_UNREACHABLE)


def test_an_unseen_session_is_not_served_stale() -> None:
    """OUTAGE_RULE=stale: who was never seen has no last verdict."""
    story = Story(**STALE)
    story.sandbox.cognito.session_failure = DOWN
    assert story.call() == (503, Reason.ISSUER_UNREACHABLE)


def test_a_revoked_session_is_not_served_stale() -> None:
    """OUTAGE_RULE=stale: a refusal that was heard once is not forgotten in an outage."""
    story = Story(**STALE)
    story.call()
    story.sandbox.clock.advance(30)
    story.revoke()
    assert story.call() == (401, Reason.SESSION_REVOKED)
    story.sandbox.cognito.session_failure = DOWN
    assert story.call() == (401, Reason.SESSION_REVOKED)


def test_the_allow_rule_lets_in_during_an_outage_only() -> None:
    """OUTAGE_RULE=allow: an outage lets in, and says so; a refusal refuses as ever."""
    story = Story(OUTAGE_RULE="allow")
    story.sandbox.cognito.session_failure = DOWN
    seen = story.sandbox.call_with(story.session.access())
    assert (seen.status, seen.line["found_by"]) == (200, "outage_rule")
    story.sandbox.cognito.session_failure = None
    story.revoke()
    assert story.call() == (401, Reason.SESSION_REVOKED)


def test_the_allow_rule_never_replaces_a_signature() -> None:
    """OUTAGE_RULE=allow is about sessions: without keys nothing can be verified, or let in."""
    story = Story(OUTAGE_RULE="allow")
    story.sandbox.cognito.key_set_failure = Answer(500, b"")
    assert story.call() == (503, Reason.KEYS_UNAVAILABLE)


def test_tokens_nobody_can_judge_are_let_in_only_when_that_is_spelled_out() -> None:
    """UNCHECKED_SESSION_RULE=allow lets in what no source can judge."""
    story = Story(UNCHECKED_SESSION_RULE="allow")
    seen = story.sandbox.call_with(story.session.access(scope="orders/read"))
    assert (seen.status, seen.line["found_by"]) == (200, "unchecked_rule")
    assert Story().call(scope="orders/read") == (401, Reason.SESSION_NOT_CHECKABLE)


@pytest.mark.parametrize(("entries", "asked"), [("1", 3), ("2", 2)])
def test_the_least_recently_used_verdict_goes_first(entries: str, asked: int) -> None:
    """The memory holds so many verdicts and no more."""
    story = Story(VERDICT_TTL_SECONDS="30", VERDICT_MAX_ENTRIES=entries)
    other = SessionMaker()
    story.call()
    story.sandbox.call_with(other.access())
    story.call()
    assert story.asked == asked


def test_a_clock_that_goes_backwards_forgets() -> None:
    """A verdict from the future is worth nothing: it is asked for again, not kept for longer."""
    story = Story(VERDICT_TTL_SECONDS="30")
    story.call(iat=1_795_000_000, auth_time=1_795_000_000)
    story.sandbox.clock.advance(-60)
    story.revoke()
    assert story.call(iat=1_795_000_000, auth_time=1_795_000_000) == (401, Reason.SESSION_REVOKED)
