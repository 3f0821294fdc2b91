"""One soak from beginning to end."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from random import Random
from uuid import UUID

from authorizer.choices import TokenUse
from authorizer.revocation.question import Question
from authorizer.tokens import VerifiedToken
from local.clock import WallClock
from local.soak.enough import goes_on, lacks
from local.soak.flatness import Finding, judge
from local.soak.load import Load
from local.soak.plan import GATEWAY_TTL_SECONDS, MEMORY_TTL_SECONDS, VERDICT_TTL_SECONDS, Plan
from local.soak.samples import Sampler
from local.soak.tally import Tally
from local.soak.weather import Weather
from local.stack import LocalStack, StackSettings
from transport import Deadline

_TICK_SECONDS = 0.1
_LINES_TOLD = 10

#: Low enough to be reached within the warm-up.
_BOUNDS = {"TOKEN_MEMORY_MAX_ENTRIES": "50", "VERDICT_MAX_ENTRIES": "50"}
#: More sessions than the process remembers names of ledger rows for.
_MORE_SESSIONS = 5_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    plan: Plan
    tally: Tally
    findings: list[Finding]
    grown: list[tuple[str, float, int]]

    @property
    def lacking(self) -> list[str]:
        """What there was too little of to say anything, or too much."""
        return lacks(self.plan, self.tally)

    @property
    def is_good(self) -> bool:
        """Nothing grew, every answer was expected, no fault was ours, and enough has happened."""
        return (
            all(found.is_flat for found in self.findings)
            and self.tally.surprises == 0
            and self.tally.reasons["internal_fault"] == 0
            and not self.lacking
        )


def soak(
    plan: Plan,
    *,
    clock: WallClock = time.time,
    pause: Callable[[float], None] = time.sleep,
    told: Callable[[float], None] = lambda _: None,
) -> Outcome:
    """Warm up, then load and measure.

    Args:
        plan: how long, and how much.
        clock: of everything in the stack; it has to move by itself.
        pause: waits for so many seconds.
        told: called with the seconds that are left, often.
    """
    tally = Tally()
    settings = StackSettings(
        gateway_ttl_seconds=GATEWAY_TTL_SECONDS,
        memory_ttl_seconds=MEMORY_TTL_SECONDS,
        verdict_ttl_seconds=VERDICT_TTL_SECONDS,
        sandboxes=plan.sandboxes,
        authorizer_environ=_BOUNDS,
    )
    # What the stack is made of is not traced, which makes the rest a good deal faster.
    with LocalStack(clock, settings) as stack, Sampler() as sampler:
        _shorten_tokens(stack, plan.token_seconds)
        _fill_names(stack.issuer)
        random = Random(plan.seed)  # noqa: S311  # nobody has to guess
        weather = Weather(stack, plan, tally, random=random, clock=clock)
        with closing(Load(stack, plan, weather, tally, clock=clock)) as load, weather.changing():
            ends = clock() + plan.seconds

            def wait(seconds: float) -> None:
                """Let people act meanwhile."""
                until = clock() + seconds
                with load.running():
                    while (now := clock()) < until:
                        told(max(0.0, ends - now))
                        pause(min(_TICK_SECONDS, until - now))

            wait(plan.warm_up_seconds)
            sampler.begin()
            with weather.still():
                begins, samples = clock(), [sampler.read(0)]
            while goes_on(plan, tally, clock() - begins):
                wait(plan.sample_seconds)
                # Nobody is being answered now: what is held is held for good.
                with weather.still():
                    samples.append(sampler.read(clock() - begins))
            grown = sampler.most_grown(_LINES_TOLD)
    return Outcome(plan, tally, judge(samples), grown)


def _fill_names(issuer: str) -> None:
    """Fill what the process remembers of names: by the load alone that would take half an hour."""
    now = int(time.time())
    for number in range(_MORE_SESSIONS):
        token = VerifiedToken(
            text="",
            issuer=issuer,
            subject=str(UUID(int=number)),
            token_use=TokenUse.ACCESS,
            client_id="client",
            is_machine=False,
            username="",
            scopes=frozenset(),
            groups=(),
            issued_at=now,
            authenticated_at=now,
            expires_at=now,
            token_id=str(UUID(int=number)),
            session_id=str(UUID(int=number)),
        )
        names = Question.about(token, Deadline.after(1, time.monotonic)).names
        assert names.pool
        assert names.client
        assert names.user
        assert names.session


def _shorten_tokens(stack: LocalStack, seconds: int) -> None:
    """Let access tokens live for so long: less than Cognito would allow, so that many expire."""
    for client_id in stack.client_ids.values():
        stack.sdk.update_user_pool_client(
            UserPoolId=stack.pool_id,
            ClientId=client_id,
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            AccessTokenValidity=seconds,
            TokenValidityUnits={"AccessToken": "seconds"},
        )
