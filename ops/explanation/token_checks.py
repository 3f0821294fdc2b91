"""What the token itself says: form, signature and claims, by the authorizer's own verifier.

The verifier stops at the first thing that is wrong. To see what else is, it is run again with
everything relaxed, and then once for each thing that can be relaxed, with all the others relaxed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from authorizer.choices import TokenPlace, TokenUse
from authorizer.errors import ANSWERS, DecisionError, Reason, UnavailableError
from authorizer.request import read_request, read_token
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from authorizer.verification import Verifier
from issuers.access_tokens import CLIENT_CLAIMS
from jose.claims import LATEST_MOMENT
from jose.compact import UnverifiedToken
from jose.keys import KeyStore
from ops.explanation.checks import VERIFIER_REASONS, Check, Result, State, check_of
from transport import Deadline, WallClock

#: In the order of the flow; those of the first list are of no use without the one before.
_IN_A_ROW = (Check.FORM, Check.HEADER, Check.ISSUER, Check.KEY, Check.SIGNATURE, Check.CLAIMS)
_BY_THEMSELVES = (Check.TOKEN_USE, Check.TIMES, Check.CLIENT, Check.AUDIENCE)

_METHOD_ARN = "arn:aws:execute-api:eu-west-1:123456789012:explained/stage/GET/"


@dataclass(frozen=True, slots=True)
class TokenFindings:
    """What was found of the token itself.

    Attributes:
        results: of every check up to the audience, in order.
        token: if it could be read whole, whatever else is wrong with it.
        claims: if the signature holds; None otherwise, for then anybody may have written them.
    """

    results: tuple[Result, ...]
    token: VerifiedToken | None
    claims: Mapping[str, Any] | None


def check_token(
    text: str,
    settings: Settings,
    stores: Mapping[str, KeyStore],
    *,
    clock: WallClock,
    deadline: Deadline,
) -> TokenFindings:
    """Run every check that needs nothing but the token and the issuer's keys."""
    place = _place(text, settings)
    payload = _payload(text)
    names = frozenset(_names(payload))
    reason, token = _verify(text, _relaxed(settings, names), stores, clock, deadline)
    failed = None if reason is None else check_of(reason)
    results = [place, *_in_a_row(reason, failed)]
    holds = failed is None or failed in (Check.CLAIMS, *_BY_THEMSELVES)
    for check in _BY_THEMSELVES:
        if not holds:
            results.append(Result(check, State.NOT_CHECKED))
            continue
        strict = _relaxed(settings, names, all_but=check)
        found, _ = _verify(text, strict, stores, clock, deadline)
        results.append(_single(check, found))
    return TokenFindings(tuple(results), token, payload if holds else None)


def _place(text: str, settings: Settings) -> Result:
    """Whether a request with it would get as far as being looked at."""
    source = settings.token_source
    event: dict[str, Any] = {"type": "REQUEST", "methodArn": _METHOD_ARN}
    if source.place is TokenPlace.AUTHORIZATION:
        event["headers"] = {"Authorization": f"Bearer {text}"}
    elif source.place is TokenPlace.COOKIE:
        event["headers"] = {"Cookie": f"{source.name}={text}"}
    else:
        event["queryStringParameters"] = {source.name: text}
    try:
        read_token(read_request(event, settings), settings)
    except DecisionError as error:
        return Result(Check.PLACE, State.FAILED, error.reason)
    return Result(Check.PLACE, State.PASSED)


def _payload(text: str) -> Mapping[str, Any]:
    """The claims as they stand, whoever wrote them."""
    try:
        return UnverifiedToken.parse(text).payload
    except Exception:  # the verifier will say what is wrong with it
        return {}


def _relaxed(
    settings: Settings, names: frozenset[str], *, all_but: Check | None = None
) -> Settings:
    """Settings under which nothing is refused that can be relaxed, with one thing as deployed.

    Args:
        settings: as deployed.
        names: of clients and audiences that the token has, and that are let in besides.
        all_but: what is not relaxed.
    """
    clients = frozenset[str]() if all_but is Check.CLIENT else names
    audiences = frozenset[str]() if all_but is Check.AUDIENCE else names
    is_timed, is_used = all_but is Check.TIMES, all_but is Check.TOKEN_USE
    return settings._replace(
        token_uses=settings.token_uses if is_used else frozenset(TokenUse),
        leeway_seconds=settings.leeway_seconds if is_timed else LATEST_MOMENT,
        client_ids=settings.client_ids | clients,
        machine_client_ids=settings.machine_client_ids | clients,
        audiences=settings.audiences | audiences,
        providers=tuple(
            replace(
                profile,
                # Without a list it lets in every client already, and with one it would not.
                client_ids=profile.client_ids and profile.client_ids | clients,
                machine_client_ids=profile.machine_client_ids | clients,
                audiences=profile.audiences | audiences,
            )
            for profile in settings.providers
        ),
    )


def _names(payload: Mapping[str, Any]) -> Iterator[str]:
    """What a token may be said to be for, or of."""
    for claim in (*CLIENT_CLAIMS, "aud"):
        value = payload.get(claim)
        yield from (
            v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str)
        )


def _verify(
    text: str,
    settings: Settings,
    stores: Mapping[str, KeyStore],
    clock: WallClock,
    deadline: Deadline,
) -> tuple[Reason | None, VerifiedToken | None]:
    try:
        return None, Verifier(settings, stores, clock=clock).verify(text, deadline)
    except DecisionError as error:
        return error.reason, None


def _in_a_row(reason: Reason | None, failed: Check | None) -> Iterator[Result]:
    """What comes before the failed check has passed, and what comes after is not known."""
    state = State.PASSED
    for check in _IN_A_ROW:
        if check is failed:
            assert reason is not None
            yield Result(check, _state_of(reason), reason)
            state = State.NOT_CHECKED
        elif check is Check.CLAIMS and failed in _BY_THEMSELVES:
            # The verifier went no further, and claims are read until the end.
            yield Result(check, State.NOT_CHECKED)
        else:
            yield Result(check, state)


def _single(check: Check, reason: Reason | None) -> Result:
    if reason is None:
        return Result(check, State.PASSED)
    if reason in VERIFIER_REASONS[check]:
        return Result(check, State.FAILED, reason)
    return Result(check, State.NOT_CHECKED)


def _state_of(reason: Reason) -> State:
    return State.UNAVAILABLE if ANSWERS[reason] is UnavailableError else State.FAILED
