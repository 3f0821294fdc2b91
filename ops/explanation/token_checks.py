"""What the token itself says: form, signature and claims, by the authorizer's own verifier.

The verifier stops at the first thing that is wrong. To see what else is, it is run again with
everything relaxed, and then once for each thing that can be relaxed, with all the others relaxed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from authorizer.choices import TokenPlace, TokenUse
from authorizer.errors import ANSWERS, DecisionError, Reason, UnavailableError
from authorizer.request import read_request, read_token
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from authorizer.verification import Verifier
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
    lenient, payload = _lenient(text, settings)
    reason, token = _verify(text, lenient, stores, clock, deadline)
    failed = None if reason is None else check_of(reason)
    results = [place, *_in_a_row(reason, failed)]
    holds = failed is None or failed in (Check.CLAIMS, *_BY_THEMSELVES)
    for check in _BY_THEMSELVES:
        if not holds:
            results.append(Result(check, State.NOT_CHECKED))
            continue
        strict = _relaxed(settings, lenient, all_but=check)
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


def _lenient(text: str, settings: Settings) -> tuple[Settings, Mapping[str, Any]]:
    """Settings under which nothing that can be relaxed is refused, and the claims as they stand."""
    try:
        payload = UnverifiedToken.parse(text).payload
    except Exception:  # the verifier will say what is wrong with it
        payload = {}
    names = frozenset(_names(payload))
    lenient = settings._replace(
        token_uses=frozenset(TokenUse),
        leeway_seconds=LATEST_MOMENT,
        client_ids=settings.client_ids | names,
        machine_client_ids=settings.machine_client_ids | names,
        audiences=settings.audiences | names,
    )
    return lenient, payload


def _relaxed(settings: Settings, lenient: Settings, *, all_but: Check) -> Settings:
    """The lenient settings, with one thing as deployed."""
    strict: dict[Check, dict[str, Any]] = {
        Check.TOKEN_USE: {"token_uses": settings.token_uses},
        Check.TIMES: {"leeway_seconds": settings.leeway_seconds},
        Check.CLIENT: {
            "client_ids": settings.client_ids,
            "machine_client_ids": settings.machine_client_ids,
        },
        Check.AUDIENCE: {"audiences": settings.audiences},
    }
    return lenient._replace(**strict[all_but])


def _names(payload: Mapping[str, Any]) -> Iterator[str]:
    for claim in ("client_id", "aud"):
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
