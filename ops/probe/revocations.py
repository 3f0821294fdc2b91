"""From a revocation to GetUser's refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ops.probe.asking import Asking, Pace, Tokens, percentile

REVOCATION_NEEDS = (
    "cognito-idp:AdminDisableUser",
    "cognito-idp:AdminEnableUser",
    "cognito-idp:AdminUserGlobalSignOut",
)

#: After this nobody waits any longer.
LONGEST_SECONDS = 60.0
#: Looks after the first refusal: an answer may come from a copy that does not know yet.
LOOKS_AFTER = 5


class Way(StrEnum):
    """How a session is revoked."""

    REVOKE_TOKEN = "RevokeToken"
    GLOBAL_SIGN_OUT = "GlobalSignOut"
    ADMIN_SIGN_OUT = "AdminUserGlobalSignOut"
    DISABLE = "AdminDisableUser"


@dataclass
class WayResult:
    """What came of one way.

    Attributes:
        seconds: from the revocation's answer to the first refusal, of each session.
        never: sessions that were not refused within :data:`LONGEST_SECONDS`.
        came_back: sessions that were accepted again after a refusal.
        texts: of the refusals.
    """

    way: Way
    seconds: list[float] = field(default_factory=list)
    never: int = 0
    came_back: int = 0
    texts: Counter[str] = field(default_factory=Counter)

    def at(self, percent: float) -> float | None:
        """A percentile of the seconds."""
        return percentile(self.seconds, percent)


def measure_way(
    asking: Asking,
    way: Way,
    users: Sequence[str],
    tries: int,
    *,
    pace: Pace,
    told: Callable[[], None] = lambda: None,
) -> WayResult:
    """Revoke ``tries`` sessions, one after the other, users taking turns. Raises ClientError."""
    result = WayResult(way)
    for number in range(tries):
        pace.wait()
        user = users[number % len(users)]
        tokens = asking.sign_in(user, asking.place.plain_client_id)
        if asking.get_user(tokens.access).is_accepted:
            _revoke(asking, way, user, tokens)
            _watch(asking, result, tokens.access)
        if way is Way.DISABLE:
            asking.run.aws.client("cognito-idp").admin_enable_user(
                UserPoolId=asking.place.pool_id, Username=user
            )
        told()
    return result


def _revoke(asking: Asking, way: Way, user: str, tokens: Tokens) -> None:
    client = asking.run.aws.client("cognito-idp")
    whom = {"UserPoolId": asking.place.pool_id, "Username": user}
    if way is Way.REVOKE_TOKEN:
        client.revoke_token(Token=tokens.refresh, ClientId=asking.place.plain_client_id)
    elif way is Way.GLOBAL_SIGN_OUT:
        client.global_sign_out(AccessToken=tokens.access)
    elif way is Way.ADMIN_SIGN_OUT:
        client.admin_user_global_sign_out(**whom)
    else:
        client.admin_disable_user(**whom)


def _watch(asking: Asking, result: WayResult, access_token: str) -> None:
    monotonic = asking.run.world.monotonic
    pace = Pace(asking.run, asking.polls_per_second)
    began = monotonic()
    while True:
        pace.wait()
        asked_after = monotonic() - began
        said = asking.get_user(access_token)
        if said.is_answer and not said.is_accepted:
            break
        if asked_after > LONGEST_SECONDS:
            result.never += 1
            return
    result.seconds.append(asked_after)
    result.texts[said.text] += 1
    for _ in range(LOOKS_AFTER):
        pace.wait()
        if asking.get_user(access_token).is_accepted:
            result.came_back += 1
            return
