"""Empties the gateways' caches after a revocation, and says by when the last 200 can happen.

A sandbox may go by what it has read for the memory TTL after a mark is written, and the gateway may
cache what it then says. So a cache is flushed twice: at once, which drops nearly everything, and
again when no sandbox can give an old answer any more. HTTP APIs have no such operation: there the
gateway's TTL passes. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from authorizer.settings import Settings
from infra.revocation_delay import AuthorizerDelays, RevocationDelay
from ops.answers import bound_text
from ops.change import Action, Changed, Outcome, Step, do
from ops.delays import delays_behind
from ops.gateways import GuardedApi, flush
from ops.run import Run

GATEWAY = "gateway"

FLUSH_NEEDS = ("apigateway:DELETE",)

#: AppSync's APIs and other accounts' invoke the authorizer, too, and are not looked for.
OTHER = "any other gateway (AppSync, another account's)"
OTHER_KIND = "other"


@dataclass(frozen=True, slots=True)
class LastGrant:
    """By when the last 200 of one API can happen.

    Attributes:
        title: what people call the API.
        kind: its kind; ``other`` for all that nobody looks for.
        at: seconds since the epoch; None if no sum is known to hold: a token may live until it
            expires.
        why: what adds up.
    """

    title: str
    kind: str
    at: float | None
    why: str
    condition: str


@dataclass(frozen=True, slots=True)
class FlushedAgain:
    """What came of the second flush.

    Attributes:
        steps: what was done.
        at: when every stage was flushed, in seconds since the epoch; None if that was not done.
        is_interrupted: whether somebody pressed Ctrl-C before that.
    """

    steps: tuple[Step, ...] = ()
    at: float | None = None
    is_interrupted: bool = False


def delay_before_gateway(settings: Settings, *, is_pushed: bool) -> RevocationDelay:
    """How long the authorizer itself may go on saying yes."""
    return _counting(delays_behind(settings, "the authorizer", 0), is_pushed=is_pushed)


def settle_seconds(settings: Settings, *, is_pushed: bool) -> int:
    """After how long no sandbox gives an old answer: one that is being decided counts too."""
    delay = delay_before_gateway(settings, is_pushed=is_pushed)
    return delay.total_seconds + math.ceil(settings.decision_budget_ms / 1000)


def flush_actions(run: Run, apis: Sequence[GuardedApi], what: str) -> list[Action]:
    """Flush every stage that caches."""
    actions = []
    for api in apis:
        if not api.may_repeat:
            continue
        if not api.can_be_flushed:
            passing = _unknown(api) or f"{api.ttl_seconds} s pass"
            said = f"{api.title}: {api.kind} APIs cannot be flushed; {passing}"
            actions.append(Action(GATEWAY, said))
            continue
        actions += [
            Action(
                GATEWAY, f"{api.title}, stage {stage}: {what}", partial(flush, run.aws, api, stage)
            )
            for stage in api.stages
        ]
    return actions


def flush_again(run: Run, apis: Sequence[GuardedApi], *, is_pushed: bool) -> FlushedAgain:
    """Flush when no sandbox says yes any more. Ctrl-C ends the wait, and takes nothing back."""
    rest = _cached(apis)
    if not rest:
        return FlushedAgain()
    seconds = settle_seconds(run.deployment.settings, is_pushed=is_pushed)
    steps: list[Step] = []
    try:
        with run.progress() as bar:
            task = bar.add_task("until no sandbox says yes", total=seconds)
            pass_seconds(run, seconds, lambda done: bar.update(task, completed=done))
        for action in flush_actions(run, rest, "flushed again"):
            steps.append(do(action))  # noqa: PERF401  # what was done before a Ctrl-C is told
    except KeyboardInterrupt:
        return FlushedAgain(tuple(steps), is_interrupted=True)
    failed = any(step.outcome is Outcome.FAILED for step in steps)
    return FlushedAgain(tuple(steps), None if failed else run.aws.now())


def interruption(apis: Sequence[GuardedApi], grants: Sequence[LastGrant]) -> str:
    """What it means that nobody has waited for the second flush, as a sentence.

    Args:
        grants: what :func:`last_grants` says of the same APIs, in their order.
    """
    ends = [grant.at for api, grant in zip(apis, grants, strict=False) if api in _cached(apis)]
    known = [at for at in ends if at is not None]
    until = bound_text(max(known)) if len(known) == len(ends) else "the token expires"
    return (
        "interrupted: the gateways' caches were not flushed again, and the last 200 can happen"
        f" until {until}"
    )


def _cached(apis: Sequence[GuardedApi]) -> list[GuardedApi]:
    """Those that a second flush is for."""
    return [api for api in apis if api.can_be_flushed and api.may_repeat]


def pass_seconds(run: Run, seconds: int, told: Callable[[int], None]) -> None:
    """Wait, and tell of each second."""
    for second in range(seconds):
        run.world.pause(1)
        told(second + 1)


def last_grants(
    run: Run,
    changed: Changed,
    apis: Sequence[GuardedApi],
    *,
    is_pushed: bool,
    flushed_at: float | None,
) -> list[LastGrant]:
    """For each API, and for whatever else may ask, by when the last 200 can happen.

    Args:
        changed: what was done, and when.
        is_pushed: whether the ledger knows that the session has ended.
        flushed_at: when every stage was flushed after settling; None if that was not done.
    """
    settings = run.deployment.settings
    found = []
    for api in apis:
        delays = delays_behind(settings, api.title, api.ttl_seconds)
        delay = _counting(delays, is_pushed=is_pushed)
        at: float | None = changed.at + delay.total_seconds
        why = delay.sum_text
        if api.unknown_stages:
            at, why = None, _unknown(api)
        if flushed_at is not None and api.can_be_flushed and (at is None or flushed_at < at):
            at, why = (
                flushed_at,
                "the gateway's cache was flushed when no sandbox said yes any more",
            )
        if delay.unbounded_by:
            at, why = None, _unbounded(delay)
        condition = "" if delay.unbounded_by else delay.condition
        found.append(LastGrant(api.title, api.kind.value, at, why, condition))
    found.append(_elsewhere(settings, changed, is_pushed=is_pushed))
    return found


def _elsewhere(settings: Settings, changed: Changed, *, is_pushed: bool) -> LastGrant:
    """The same behind gateways that were not found: nobody has read their TTL, or flushed them."""
    delay = _counting(
        delays_behind(settings, OTHER, settings.gateway_ttl_seconds), is_pushed=is_pushed
    )
    if delay.unbounded_by:
        return LastGrant(OTHER, OTHER_KIND, None, _unbounded(delay), "")
    known = (
        f"if it caches for no longer than the {settings.gateway_ttl_seconds} s that the authorizer"
        " knows of"
    )
    condition = f"{delay.condition}, {known}" if delay.condition else known
    at = changed.at + delay.total_seconds
    return LastGrant(OTHER, OTHER_KIND, at, delay.sum_text, condition)


def _counting(delays: AuthorizerDelays, *, is_pushed: bool) -> RevocationDelay:
    return delays.pushed if is_pushed and delays.pushed else delays.known_to_cognito


def _unbounded(delay: RevocationDelay) -> str:
    return f"unbounded: {', '.join(delay.unbounded_by)}"


def _unknown(api: GuardedApi) -> str:
    if not api.unknown_stages:
        return ""
    return f"API Gateway does not say what {', '.join(api.unknown_stages)} was deployed with"
