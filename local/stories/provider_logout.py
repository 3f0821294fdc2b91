"""A user logs out at the provider, as Auth0's users do, and the access token goes on until it
expires.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.bench import GRANTED
from local.stories.chapter import Chapter, GetWorld
from local.story.telling import Step
from local.web.device import Device
from local.web.session_cookie import Tokens
from local.web.world import World, WorldSettings

_VERDICT_TTL_SECONDS = 1


def tell(get_world: GetWorld) -> Iterator[Step]:
    """Tell these chapters, each step as it happens."""
    world = get_world(WorldSettings())
    yield from _untold(Chapter(world, "Logged out at the provider, which tells nobody"))
    asking = WorldSettings(session_check="introspection", verdict_ttl_seconds=_VERDICT_TTL_SECONDS)
    yield from _asked(Chapter(get_world(asking), "The same, and the provider is asked"))


def _untold(chapter: Chapter) -> Iterator[Step]:
    laptop, tokens = _signed_in(chapter.world)
    yield chapter.call("sign in, call", tokens.access, 200, GRANTED)
    laptop.log_out_at_provider()
    yield chapter.refresh("log out; the refresh token", tokens.refresh, 400, "invalid_grant")
    yield chapter.call("the access token: still good", tokens.access, 200, GRANTED)


def _asked(chapter: Chapter) -> Iterator[Step]:
    laptop, tokens = _signed_in(chapter.world)
    yield chapter.call("sign in, call", tokens.access, 200, GRANTED)
    laptop.log_out_at_provider()
    yield chapter.refused_within(
        "log out; within the verdict TTL", tokens.access, _VERDICT_TTL_SECONDS, "session_revoked"
    )


def _signed_in(world: World) -> tuple[Device, Tokens]:
    laptop = world.new_device()
    laptop.visit("/dashboard")
    laptop.sign_in("cyd")
    return laptop, laptop.tokens()
