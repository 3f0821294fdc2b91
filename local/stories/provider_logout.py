"""A user logs out at the provider, as Auth0's users do, and the access token goes on until it
expires.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.bench import GRANTED, Outcome
from local.stories.chapter import Chapter, GetWorld
from local.story.telling import Step
from local.web.deployment import WorldSettings
from local.web.device import Device, signed_in_as
from local.web.session_cookie import Tokens
from local.web.world import World

_TTL_SECONDS = 1


def tell(get_world: GetWorld) -> Iterator[Step]:
    """Tell these chapters, each step as it happens."""
    world = get_world(WorldSettings())
    yield from _untold(Chapter(world, "Logged out at the provider, which tells nobody"))
    pushed = WorldSettings(
        pushes_logouts=True, memory_ttl_seconds=_TTL_SECONDS, gateway_ttl_seconds=_TTL_SECONDS
    )
    yield from _pushed(Chapter(get_world(pushed), "The same, and the provider tells"))
    asking = WorldSettings(session_check="introspection", verdict_ttl_seconds=_TTL_SECONDS)
    yield from _asked(Chapter(get_world(asking), "The same, and the provider is asked"))


def _untold(chapter: Chapter) -> Iterator[Step]:
    laptop, tokens = _signed_in(chapter.world)
    yield chapter.call("sign in, call", tokens.access, 200, GRANTED)
    laptop.log_out_at_provider()
    yield chapter.refresh("log out; the refresh token", tokens.refresh, 400, "invalid_grant")
    yield chapter.call("the access token: still good", tokens.access, 200, GRANTED)


def _pushed(chapter: Chapter) -> Iterator[Step]:
    laptop, tokens = _signed_in(chapter.world)
    _, on_phone = _signed_in(chapter.world)
    yield chapter.let_in("sign in, call", tokens.access)
    yield chapter.let_in("the same on the phone", on_phone.access)
    laptop.log_out_at_provider()
    # What is declared for marks: gateway TTL and memory TTL.
    yield chapter.refused_within(
        "log out; within both TTLs", tokens.access, 2 * _TTL_SECONDS, "session_revoked"
    )
    yield chapter.let_in("the phone, another session", on_phone.access)
    seen = laptop.visit("/dashboard")
    yield chapter.step("the app, by its own cookie", seen, signed_in_as("cyd"))
    answer = Outcome(200, laptop.api_answer())
    yield chapter.step("which the API does not take", answer, "the API answers 401")


def _asked(chapter: Chapter) -> Iterator[Step]:
    laptop, tokens = _signed_in(chapter.world)
    yield chapter.call("sign in, call", tokens.access, 200, GRANTED)
    laptop.log_out_at_provider()
    yield chapter.refused_within(
        "log out; within the verdict TTL", tokens.access, _TTL_SECONDS, "session_revoked"
    )


def _signed_in(world: World) -> tuple[Device, Tokens]:
    laptop = world.new_device()
    laptop.visit("/dashboard")
    laptop.sign_in("cyd")
    return laptop, laptop.tokens()
