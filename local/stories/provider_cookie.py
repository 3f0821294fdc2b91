"""A user signs out of a NextAuth app, opens the dashboard, and is signed in: by the provider's own
cookie, which nobody has asked to forget.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.bench import GRANTED
from local.dynamodb import EVERYTHING
from local.stories.chapter import Chapter, GetWorld
from local.story.telling import Step
from local.web.deployment import WorldSettings
from local.web.device import LOGIN_FORM, NOT_SIGNED_IN, TRY_AGAIN, signed_in_as

#: What is declared for a sign-out that is marked in the ledger: gateway TTL and memory TTL.
_DELAY_SECONDS = 1


def tell(get_world: GetWorld) -> Iterator[Step]:
    """Tell this chapter, each step as it happens."""
    world = get_world(WorldSettings(memory_ttl_seconds=_DELAY_SECONDS))
    yield from _signed_in_again(Chapter(world, "The provider's cookie signs in again"))


def _signed_in_again(chapter: Chapter) -> Iterator[Step]:
    laptop = chapter.world.new_device()
    yield chapter.step("open the dashboard", laptop.visit("/dashboard"), LOGIN_FORM)
    yield chapter.step("sign in", laptop.sign_in("ada"), signed_in_as("ada"))
    first = laptop.tokens()
    yield chapter.call("the API", first.access, 200, GRANTED)

    yield chapter.step("sign out of the app only", laptop.sign_out_of_app(), NOT_SIGNED_IN)
    yield chapter.step(
        "the dashboard: no password asked", laptop.visit("/dashboard"), signed_in_as("ada")
    )
    yield chapter.call("the old access token", first.access, 200, GRANTED)
    yield chapter.refresh("the old refresh token", first.refresh, 200, GRANTED)

    second = laptop.tokens()
    chapter.world.stack.dynamodb.down = {EVERYTHING}
    yield chapter.step("sign out, and the ledger is down", laptop.sign_out_in_vain(), TRY_AGAIN)
    yield chapter.refresh("what could be done is done", second.refresh, 400, "invalid_grant")
    chapter.world.stack.dynamodb.down = set()

    yield chapter.step("sign out", laptop.sign_out(), NOT_SIGNED_IN)
    for what, tokens in (("its access token", second), ("the older access token", first)):
        yield chapter.refused_within(what, tokens.access, _DELAY_SECONDS, "session_revoked")
    yield chapter.step("the back button", laptop.go_back(), LOGIN_FORM)
    yield chapter.step("the dashboard again", laptop.visit("/dashboard"), LOGIN_FORM)
    yield chapter.refresh("its refresh token", second.refresh, 400, "invalid_grant")
    yield chapter.refresh("the older refresh token", first.refresh, 400, "invalid_grant")

    yield chapter.step("sign in again", laptop.sign_in("ada"), signed_in_as("ada"))
    yield chapter.call("the API, with the new token", laptop.tokens().access, 200, GRANTED)
