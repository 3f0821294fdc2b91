"""What a request may be answered, from the history and the settings alone.

A 200 is wrong when the declared delay of something that ended the token is over; a refusal when
nothing has ended it; a 503 when nothing around the sandbox has failed. The exceptions, each by its
name, are those that the documents state:

=====================  =============================================================================
stale rule             the grace counts only where the issuer failed in that very request, or has
                       just throttled another about the session (decision 4)
shared throttle        503 for an access token within a second after a throttled question about its
                       session, by two sandboxes' clocks (decision 15)
ledger outage          ``ledgerOutageRule: getuser``: while the ledger fails or cools down, a mark
                       that a sandbox has not met yet is not seen for tokens whose issuer is asked
                       (README)
key outage             withdrawn keys live on for JWKS_MAX_STALE_SECONDS where a fetch has failed
cool-down              503 for a stated time after a failure: keys 5 s, ledger LEDGER_COOLDOWN_MS
rationed keys          503 for a key not yet known within the interval after a fetch (decision 3)
hook's margin          an ID token from its last seconds outlives the hook's mark (decision 6)
event's second         an ID token from the very second of a sign-out outlives the feed's (the same)
promises nothing       an answer other than success; 200 to a sign-out by a token that the endpoint
                       does not know: an ID token, or one whose key is withdrawn; ``everywhere`` by
                       an expired one (docs/settings.md)
names nobody           a message about a session where tokens name none, and no user: it is refused,
                       or acknowledged without effect (docs/receivers.md)
late event             what a provider's users have signed in to since an event's ``iat`` lives on
                       (decision 16); what the pool's users have, up to its arrival, does not
no auth_time           a provider's refresh counts as a sign-in, and outlives a mark on its user
                       (docs/settings.md)
asked alone            a provider that is asked and names sessions has each token judged for itself,
                       by each sandbox: the memory TTL and others' clocks do not count
expiring               between ``exp`` and the leeway's end an issuer may refuse what we let in
clocks apart           a shared verdict's age is mistaken by as much as two sandboxes' clocks differ
under way              a request counts from when it came, not from when it was answered
milliseconds           ages are compared in whole ones
=====================  =============================================================================

The margin and the second are in what :mod:`tests.delay.ways` says must be refused, and what is
promised in :mod:`tests.delay.sign_outs` and :mod:`tests.delay.pushes`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.delay.drawn import Drawn
from tests.delay.history import INFINITY, History, Known, Revocation
from tests.delay.judged import Judged
from tests.delay.places import Places
from tests.delay.sessions import Token

MILLISECONDS = 0.002
THROTTLE_SECONDS = 1.0
#: The one exception that outlasts every sum.
LEDGER_OUTAGE = "ledger outage"
#: A roster that others keep writing is tried this often before it is given up.
CONTENDED = 10


class WrongAnswer(AssertionError):  # noqa: N818  # it is an answer
    """A request was answered what it may not be."""


class Oracle:
    """Judges answers; ``used`` counts the exceptions without which one would have been wrong."""

    def __init__(self, drawn: Drawn, history: History) -> None:
        self._drawn = drawn
        self._history = history
        self.places = Places(drawn, history)
        self.used: Counter[str] = Counter()

    def check(self, judged: Judged) -> bool:
        """Check a decision; whether it stands by an exception that outlasts the declared sum.

        Raises:
            WrongAnswer: with what would have been right.
        """
        must, excepted = self._must_refuse(judged)
        may = must or self._may_refuse(judged)
        right = set()
        if not must:
            right.add(200)
        if may:
            right.add(401)
        if self._is_excused(judged):
            right.add(503)
        if self._drawn.gateway and judged.started_at > self._end(judged.token):
            right.add(403)
        if judged.status not in right:
            reasons = "; ".join([*must, *may]) or "nothing has ended it"
            raise WrongAnswer(f"answered {judged.status}, right is {sorted(right)}: {reasons}")
        if judged.status != 200:
            return False
        self.used.update(name for name in excepted if name)
        return LEDGER_OUTAGE in excepted

    def check_repeated(self, token: Token, now: float, status: int, filled: Judged) -> None:
        """Check an answer that the gateway had kept from the decision ``filled``.

        Raises:
            WrongAnswer: with what would have been right.
        """
        right = 403 if now > self._end(token) else 200
        if status != right:
            raise WrongAnswer(f"repeated {status}, right is {right}")
        if now >= filled.answered_at + self._drawn.gateway:
            raise WrongAnswer("repeated beyond the gateway TTL")

    def check_declared(self, token: Token, asked_at: float, order: int) -> None:
        """Check the declared sums themselves: a 200 to what was asked at ``asked_at``.

        Raises:
            WrongAnswer: with the sum that is over.
        """
        for one in self.ending(token):
            if one.order <= order and asked_at >= one.at + self.declared(one):
                late = f"{asked_at - one.at:.3f} s after {one.way}"
                raise WrongAnswer(f"let in {late}, declared are {self.declared(one):.3f} s")

    def ending(self, token: Token) -> list[Revocation]:
        """All that must end this token, and is in force."""
        return [r for r in self._history.revocations if r.at < INFINITY and r.must(token)]

    def declared(self, one: Revocation) -> float:
        """The longest delay of a revocation, with every exception that bounds it."""
        drawn = self._drawn
        if one.known is Known.PUSHED:
            return drawn.declared_pushed
        if one.known is Known.KEYS:
            return drawn.gateway + drawn.key_age + drawn.key_stale
        return drawn.declared + drawn.clocks_apart + MILLISECONDS

    def is_permanent(self, token: Token) -> bool:
        """Whether a refusal now is one for good."""
        return self._drawn.mode != "refuse_new" and self._history.is_ended(token)

    def _end(self, token: Token) -> int:
        return token.expires_at + self._drawn.leeway

    def _must_refuse(self, judged: Judged) -> tuple[list[str], list[str]]:
        token, reasons, excepted = judged.token, [], list[str]()
        if judged.started_at + judged.skew >= self._end(token):
            reasons.append("it has expired")
        if judged.has_refused:
            reasons.append("this sandbox has refused it before")
        for one in self.ending(token):
            if one.order > judged.order:
                continue
            due = one.at
            for name, seconds in self._delays(one, judged):
                due += seconds
                if judged.started_at < due:
                    excepted.append(name)
                    break
            else:
                reasons.append(f"{one.way} was due at {due - one.at:.3f} s")
        # Others may have ended since it came: then it rightly got a place.
        are_taken = judged.are_places_taken and self.places.must_refuse(token)
        if are_taken and not judged.is_ledger_out:
            reasons.append("all places are taken")
        return reasons, excepted

    def _delays(self, one: Revocation, judged: Judged) -> Iterator[tuple[str, float]]:
        """Until when a sandbox must know of a revocation, and by which exception."""
        drawn = self._drawn
        if one.known is Known.PUSHED:
            yield "", drawn.memory_seconds
            is_blind = judged.is_ledger_out and not drawn.ledger_refuses
            if is_blind and judged.token.is_asked:
                yield LEDGER_OUTAGE, INFINITY
        elif one.known is Known.KEYS:
            yield "", drawn.key_age
            has_failed = judged.keys_before.failed_at >= one.at + judged.skew
            if has_failed or judged.seen.keys_failed:
                yield "key outage", drawn.key_stale
        else:
            is_alone, memory = judged.token.is_asked_alone, drawn.memory_seconds
            tightened = self._tightened_seconds(one, judged)
            if is_alone:
                # Rows are remembered, and verdicts beside them.
                yield "", min(drawn.verdict, tightened + memory)
            else:
                yield "", min(drawn.verdict, tightened) + memory
            if judged.seen.issuer_failed or self._is_held(judged):
                yield "stale rule", drawn.grace
            yield "clocks apart", 0 if is_alone else drawn.clocks_apart
            yield "milliseconds", MILLISECONDS

    def _tightened_seconds(self, one: Revocation, judged: Judged) -> float:
        """What an operator's tightening has made of the verdict TTL, once it is known itself."""
        seconds = INFINITY
        for tight in self._history.tightenings:
            if judged.answered_at < tight.until and not judged.is_ledger_out:
                seconds = min(seconds, max(tight.since - one.at, tight.ttl))
        return seconds

    def _may_refuse(self, judged: Judged) -> list[str]:
        token, now = judged.token, judged.answered_at
        reasons = [one.way for one in self._history.revocations if one.may(token)]
        if now + judged.skew >= self._end(token):
            reasons.append("expiring")
        if token.is_asked and now + self._issuers_skew(token) >= token.expires_at:
            reasons.append("expiring at its issuer")
        if self.places.may_refuse(token):
            reasons.append("the limit on sessions")
        return reasons

    def _is_excused(self, judged: Judged) -> bool:
        drawn, seen, token = self._drawn, judged.seen, judged.token
        is_for_ledger = not token.is_asked or drawn.ledger_refuses
        return (
            self._lacks_key(judged)
            or (token.is_asked and (seen.issuer_failed or self._is_held(judged)))
            or (is_for_ledger and judged.is_ledger_out)
            or (seen.late and not judged.is_alone)
            or seen.contended >= CONTENDED
        )

    def _is_held(self, judged: Judged) -> bool:
        """Whether a question about the session has just been throttled, whoever asked."""
        drawn, token = self._drawn, judged.token
        throttled_at = token.session.throttled_at - self._issuers_skew(token)
        held_until = throttled_at + THROTTLE_SECONDS + drawn.clocks_apart
        is_shared = drawn.has_ledger and not token.is_asked_alone
        return is_shared and judged.started_at < held_until

    def _issuers_skew(self, token: Token) -> float:
        drawn, is_pool = self._drawn, token.session.profile is None
        return (drawn.cognito_skew_ms if is_pool else drawn.provider_skew_ms) / 1000

    def _lacks_key(self, judged: Judged) -> bool:
        drawn, keys = self._drawn, judged.keys_before
        now = judged.started_at + judged.skew
        age = judged.answered_at + judged.skew - keys.fetched_at
        if judged.token.kid in keys.names and age < drawn.key_age + drawn.key_stale:
            return False
        return judged.seen.keys_failed or keys.is_rationed(now)
