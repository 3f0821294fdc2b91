"""Sign-ins and refreshes, with and without a sign-out inside the trigger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from botocore.exceptions import ClientError

from jose.compact import UnverifiedToken
from ops.aws import error_code
from ops.probe.asking import NO_ANSWER, Asking, Pace, Tokens, error_text
from ops.probe.trigger_function import CLAIM

#: The trigger's own failure, be it that its sign-out was throttled.
TRIGGER_FAILED = frozenset(
    {
        "InvalidLambdaResponseException",
        "UnexpectedLambdaException",
        "UserLambdaValidationException",
    }
)

#: How long it is waited at the end, for what comes late to come.
LATER_SECONDS = 5.0


class Flow(StrEnum):
    """How tokens are come by."""

    PASSWORD = "USER_PASSWORD_AUTH"
    SRP = "USER_SRP_AUTH"
    ADMIN = "ADMIN_USER_PASSWORD_AUTH"
    REFRESH = "REFRESH_TOKEN_AUTH"
    ROTATED = "GetTokensFromRefreshToken, rotating"


@dataclass
class FlowResult:
    """What came of a flow.

    Attributes:
        signs_out: whether the trigger signed the user out before each answer.
        tries: how often tokens were asked for.
        failed: by error, those that were refused.
        unanswered: by error, those that were throttled, or whose trigger failed: no verdict.
        refused_at_once: new tokens that GetUser refused at once, by text.
        refused_later: the same, some seconds later, of those that were accepted.
        sources: what the trigger was called for.
        same_session: of tokens from a refresh, how many kept ``origin_jti``.
        other_session: how many did not.
    """

    flow: Flow
    signs_out: bool
    tries: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    refused_at_once: Counter[str] = field(default_factory=Counter)
    refused_later: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    same_session: int = 0
    other_session: int = 0

    @property
    def killed(self) -> int:
        """Tries whose session did not live: refused, or tokens that were."""
        return sum(map(Counter.total, (self.failed, self.refused_at_once, self.refused_later)))


def measure_flow(
    asking: Asking,
    flow: Flow,
    users: Sequence[str],
    tries: int,
    *,
    pace: Pace,
    signs_out: bool,
    told: Callable[[], None] = lambda: None,
) -> FlowResult:
    """Come by tokens ``tries`` times, users taking turns.

    A user's tokens are looked at again just before his next turn, when the next sign-in would end
    them anyway, and those of the last turns after some seconds.
    """
    result = FlowResult(flow, signs_out)
    held: dict[str, str] = {}
    for number in range(tries):
        user = users[number % len(users)]
        _look_again(asking, result, held.pop(user, None))
        pace.wait()
        tokens = _try(asking, result, user)
        if tokens is not None:
            held[user] = tokens.access
        told()
    asking.run.world.pause(LATER_SECONDS)
    for token in held.values():
        pace.wait()
        _look_again(asking, result, token)
    return result


def _try(asking: Asking, result: FlowResult, user: str) -> Tokens | None:
    """Once; the tokens, if Cognito takes them."""
    result.tries += 1
    try:
        tokens = _come_by(asking, result, user)
    except ClientError as error:
        is_answer = error_code(error) not in NO_ANSWER | TRIGGER_FAILED
        (result.failed if is_answer else result.unanswered)[error_text(error)] += 1
        return None
    result.sources[str(claim(tokens.identity, CLAIM))] += 1
    said = asking.get_user(tokens.access)
    if said.is_answer and not said.is_accepted:
        result.refused_at_once[said.text] += 1
        return None
    return tokens


def _come_by(asking: Asking, result: FlowResult, user: str) -> Tokens:
    plain, rotating = asking.place.plain_client_id, asking.place.rotating_client_id
    if result.flow is Flow.PASSWORD:
        return asking.sign_in(user, plain)
    if result.flow is Flow.SRP:
        return asking.srp_sign_in(user, plain)
    if result.flow is Flow.ADMIN:
        return asking.admin_sign_in(user, plain)
    if result.flow is Flow.REFRESH:
        before = asking.sign_in(user, plain)
        after = asking.refresh(before, plain)
    else:
        before = asking.sign_in(user, rotating)
        after = asking.rotate(before, rotating)
    if claim(before.access, "origin_jti") == claim(after.access, "origin_jti"):
        result.same_session += 1
    else:
        result.other_session += 1
    return after


def _look_again(asking: Asking, result: FlowResult, token: str | None) -> None:
    if token is None:
        return
    said = asking.get_user(token)
    if said.is_answer and not said.is_accepted:
        result.refused_later[said.text] += 1


def claim(token: str, name: str) -> object:
    """A claim of a token that Cognito itself has just given."""
    return UnverifiedToken.parse(token).payload.get(name)
