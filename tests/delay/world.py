"""One deployment on one moved clock: sandboxes, a gateway with its cache, and who uses them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from authorizer.response import Unauthorized, Unavailable
from ledger.rows import LedgerError
from ledger.writer import Writer
from local.clock import MovableClock
from local.gateway.answers import RefusedError, ask_authorizer
from local.gateway.cache import ResultCache
from local.gateway.config import Api, AuthorizerConfig, Flavour, Refusal
from tests.delay.cognito import Cognito
from tests.delay.drawn import PROVIDER, Drawn
from tests.delay.history import Concerns, Happened, History, Known, Revocation, nobody
from tests.delay.issuer import Issuer
from tests.delay.judged import Judged
from tests.delay.oracle import Oracle, WrongAnswer
from tests.delay.provider import Provider
from tests.delay.sandbox import Outside, Sandbox, Seen
from tests.delay.sessions import Session, Token, User
from tests.delay.tally import Tally
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.events import STAGE_ARN, rest_request
from tests.tokens import ISSUER, NOW, sign
from tests.unit.ledger.interleaving import Interleaver
from transport import Deadline

USERS = 2
_API = Api(Flavour.REST, ())
_ARN = f"{STAGE_ARN}/GET/hello"
_STATUSES = {Refusal.UNAUTHORIZED: 401, Refusal.ACCESS_DENIED: 403, Refusal.AUTHORIZER_FAILURE: 503}


class World:
    """Lets things happen and holds every answer against the oracle. ``trace`` tells of both."""

    def __init__(self, drawn: Drawn, tally: Tally | None = None) -> None:
        self.drawn = drawn
        self.tally = tally or Tally()
        self.clock = MovableClock(NOW)
        self.turns = Interleaver()
        self.sessions: list[Session] = []
        """All that ever were."""
        self.cognito = Cognito(self._ahead(drawn.cognito_skew_ms), drawn.token_life, self.sessions)
        self.provider = Provider(
            self._ahead(drawn.provider_skew_ms),
            drawn.token_life,
            self.sessions,
            drawn.profile,
            USERS,
        )
        self.issuers: dict[str, Issuer] = {ISSUER: self.cognito, PROVIDER: self.provider}
        """By the name that stands in their tokens."""
        self.table = FakeDynamoDb()
        self.writer = Writer(TABLE, self.call_ledger)
        self.history = History()
        self.oracle = Oracle(drawn, self.history)
        self.users: list[User] = [self.cognito.new_user() for _ in range(USERS)]
        outside = Outside(
            self.clock,
            self.cognito,
            self.provider,
            self.table,
            drawn.latency_ms,
            self.turns.step,
        )
        self._new_box: Callable[[int], Sandbox] = lambda n: Sandbox(n, drawn, outside)
        self.boxes = [self._new_box(number) for number in range(len(drawn.box_skews_ms))]
        self.events: list[Happened] = []
        """CloudTrail's, not delivered yet."""
        self.trace: list[str] = []
        self._cache = ResultCache(self.clock)
        self._filled: dict[str, tuple[Judged, bool]] = {}
        self._crowd = 1

    @property
    def now(self) -> float:
        """The true time."""
        return self.clock()

    @property
    def deadline(self) -> Deadline:
        """Time enough for an operator."""
        return Deadline.after(60, self.clock)

    @property
    def is_alone(self) -> bool:
        """Whether nobody else acts at the same time."""
        return self._crowd == 1

    def issuer_of(self, session: Session) -> Issuer:
        """The pool, or the provider."""
        return self.issuers[session.issuer]

    def say(self, text: str) -> None:
        """Add a line to the trace."""
        self.trace.append(f"{self.now - NOW:12.3f} s  {text}")

    def hook_clock(self) -> float:
        """That of the hook and of the Lambdas behind routes."""
        return self.now + self.drawn.hook_skew_ms / 1000

    def new_box(self, number: int) -> None:
        """A sandbox goes, with all it remembers, and another comes."""
        self.boxes[number] = self._new_box(number)

    def flush(self) -> None:
        """FlushStageAuthorizersCache."""
        self._cache.flush()

    def end(self, way: str, known: Known, *, may: Concerns = nobody, must: Concerns) -> None:
        """Something is in force at once."""
        begun = self.history.begin(way, known, self.now, may=may, must=must)
        self.history.enforce(begun, self.now)

    def written(self, revocation: Revocation, write: Callable[[], object]) -> bool:
        """Write what puts a revocation into force; whether its writer was told so."""
        try:
            write()
        except LedgerError:
            self.say("    … was not written, or nobody knows")
            return False
        self.history.enforce(revocation, self.now)
        return True

    def call(self, token: Token, number: int) -> None:
        """One request, through the gateway's cache, and is its answer right?"""
        text = self.issuer_of(token.session).show(token)
        box = self.boxes[number]
        config = AuthorizerConfig("authorizer", box.invoke, ("a",), ttl_seconds=self.drawn.gateway)
        started_at = self.now
        kept = self._cache.get(config, (text,))
        if kept is not None:
            status = 200 if kept.allows(_ARN, started_at) else 403
            self._tell(token, status, "the gateway")
            filled, is_excepted = self._filled[text]
            self.oracle.check_repeated(token, started_at, status, filled)
            asked_at = started_at - (filled.answered_at - filled.started_at)
            self._let_in(token, status, asked_at, filled.order, is_excepted=is_excepted)
            return
        if box.frozen_at is not None:
            box.thaw()
        box.seen = Seen()
        has_refused = token.name in box.refused
        keys_before = replace(box.keys[token.session.issuer])
        is_cooling = box.monotonic() < box.ledger_failed_at + self.drawn.cooldown_ms / 1000
        order, are_places_taken = self.history.order, self.oracle.places.must_refuse(token)
        self.oracle.places.starts(token)
        try:
            answer = ask_authorizer(config, _API, rest_request(f"Bearer {text}"))
            self._cache.put(config, (text,), answer)
            status = 200 if answer.allows(_ARN, started_at) else 403
        except RefusedError as refused:
            status = _STATUSES[refused.refusal]
        self._tell(token, status, f"sandbox {number}")
        judged = Judged(
            token,
            started_at,
            self.now,
            status,
            skew=self.drawn.box_skews_ms[number] / 1000,
            seen=box.seen,
            keys_before=keys_before,
            is_cooling=is_cooling,
            has_refused=has_refused,
            is_alone=self.is_alone,
            order=order,
            are_places_taken=are_places_taken,
        )
        self._judge(judged, box)

    def _judge(self, judged: Judged, box: Sandbox) -> None:
        token, status = judged.token, judged.status
        try:
            is_excepted = self.oracle.check(judged)
        except WrongAnswer as wrong:
            raise WrongAnswer(f"{wrong}\n{box.said()}") from None
        if status == 401 and self.oracle.is_permanent(token):
            box.refused.add(token.name)
        if status in {200, 403}:
            self._filled[token.text] = (judged, is_excepted)
        is_blind = judged.is_ledger_out
        self.oracle.places.ends(
            token,
            judged.answered_at,
            holds=status == 200 or is_blind,
            sure=status == 200 and box.seen.has_read and not is_blind,
        )
        self._let_in(token, status, judged.started_at, judged.order, is_excepted=is_excepted)

    def _let_in(
        self, token: Token, status: int, asked_at: float, order: int, *, is_excepted: bool
    ) -> None:
        self.tally.answer(status)
        for one in self.oracle.ending(token):
            share = (asked_at - one.at, self.oracle.declared(one))
            self.tally.after(one.way, *share, is_let_in=status == 200 and not is_excepted)
        if status == 200 and not is_excepted:
            self.oracle.check_declared(token, asked_at, order)

    def forge(self, number: int) -> None:
        """A token that names a key which nobody has: 401, or 503 where nobody could look."""
        text = sign({"iss": ISSUER}, header={"kid": "forged"})
        self.boxes[number].thaw()
        try:
            self.boxes[number].invoke(rest_request(f"Bearer {text}"))
        except (Unauthorized, Unavailable) as refused:
            self.say(f"    a forged key → {refused}")
            return
        raise WrongAnswer("a forged token was let in")

    def crowd(self, works: list[Callable[[], object]], order: list[int]) -> None:
        """Let several things happen at once, their steps in this order."""
        self._crowd = len(works)
        try:
            self.turns.run(works, order)
        finally:
            self._crowd = 1

    def _tell(self, token: Token, status: int, who: str) -> None:
        self.say(f"    {token.name} ({token.use}) → {status} by {who}")

    def _ahead(self, milliseconds: int) -> Callable[[], float]:
        return lambda: self.clock() + milliseconds / 1000

    def call_ledger(
        self, operation: str, payload: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """The ledger as the operator, the hook and the feed reach it."""
        self.turns.step()
        return self.table(operation, payload, deadline)
