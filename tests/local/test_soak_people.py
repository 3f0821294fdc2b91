"""The soak's people: which answers surprise them, on a stack that answers everything alike."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from random import Random
from types import SimpleNamespace
from typing import Any

from local.clock import MovableClock
from local.soak.person import Person
from local.soak.plan import Plan
from local.soak.surroundings import Surroundings
from local.soak.tally import Surprise, Tally
from tests.tokens import SessionMaker, sign


class _Kinds(Tally):
    """Keeps the kind of every surprise."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[str] = set()

    def surprise(self, surprise: Surprise) -> None:
        super().surprise(surprise)
        self.kinds.add(surprise.kind)


class _World:
    """A stack that answers every call with one status; people, and what they make of it."""

    def __init__(self, status: int, *, is_disturbed: bool = False) -> None:
        self.clock = MovableClock()
        self.tally = _Kinds()
        plan = Plan(seconds=60)
        numbers = itertools.count()

        def authenticate(**_: Any) -> dict[str, Any]:
            number = next(numbers)
            token = sign(SessionMaker().access(jti=str(number)))
            return {
                "AuthenticationResult": {
                    "AccessToken": token,
                    "RefreshToken": f"refresh-{number}",
                    "ExpiresIn": plan.token_seconds,
                }
            }

        nothing: Callable[..., None] = lambda **_: None  # noqa: E731  # every other operation
        sdk = SimpleNamespace(
            initiate_auth=authenticate,
            revoke_token=nothing,
            admin_user_global_sign_out=nothing,
            admin_disable_user=nothing,
            admin_enable_user=nothing,
        )
        stack: Any = SimpleNamespace(
            sdk=sdk,
            url="",
            pool_id="pool",
            client_ids={"laptop": "c1", "phone": "c2"},
            sandboxes=SimpleNamespace(decisions=lambda: [{"reason": "granted"}]),
        )
        web: Any = SimpleNamespace(get=lambda *_, **__: SimpleNamespace(status_code=status))
        weather: Any = SimpleNamespace(disturbed_until=math.inf if is_disturbed else -math.inf)
        self.person = Person(
            "ada",
            Surroundings(
                stack=stack,
                web=web,
                weather=weather,
                tally=self.tally,
                plan=plan,
                random=Random(1),
                clock=self.clock,
            ),
        )

    def live(self, acts: int = 1500) -> set[str]:
        """The kinds of requests whose answers were surprises."""
        for _ in range(acts):
            self.person.act()
            self.clock.advance(1)
        return self.tally.kinds


_HOSTILE = {
    "cut off",
    "expired",
    "forged",
    "malformed",
    "no token",
    "revoked",
    "unknown key",
}


def test_an_open_door_is_noticed() -> None:
    """If everything is answered 200, each kind that must be refused is a surprise."""
    for is_disturbed in (False, True):
        world = _World(200, is_disturbed=is_disturbed)
        assert world.live() == _HOSTILE | {"route denied"}


def test_a_locked_door_is_noticed() -> None:
    """If everything is answered 401, honest calls are surprises, in an outage too."""
    for is_disturbed in (False, True):
        assert _World(401, is_disturbed=is_disturbed).live() == {"call", "route denied"}


def test_an_outage_explains_503_only_while_it_lasts() -> None:
    """503 is expected where somebody has to be asked and can't be, and nowhere else."""
    assert _World(503, is_disturbed=True).live() == {"malformed", "no token"}
    calm = _World(503).live()
    assert calm == (_HOSTILE - {"unknown key"}) | {"call", "route denied", "just revoked"}
