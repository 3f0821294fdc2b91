"""A session cache answers for a user who has left: whoever holds a copy of the cookie is signed in
for as long as the cached entry lives.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.bench import Outcome
from local.dynamodb import EVERYTHING
from local.stories.chapter import Chapter, GetWorld
from local.story.telling import Step
from local.web.deployment import WorldSettings
from local.web.device import NOT_SIGNED_IN

_MISTAKEN, _RIGHT = "/profile-mistaken", "/profile"


def tell(get_world: GetWorld) -> Iterator[Step]:
    """Tell this chapter, each step as it happens."""
    world = get_world(WorldSettings())
    yield from _stale(Chapter(world, "A session cache answers for who has left"))


def _stale(chapter: Chapter) -> Iterator[Step]:
    world, laptop = chapter.world, chapter.world.new_device()
    laptop.visit("/dashboard")
    laptop.sign_in("bea")
    copy = laptop.cookie_header()

    def mistaken() -> Outcome:
        return world.visit_with(copy, _MISTAKEN)

    def right() -> Outcome:
        return world.visit_with(copy, _RIGHT)

    yield chapter.step("sign in; the cache alone is asked", mistaken(), "bea")
    yield chapter.step("the cache, and then the API", right(), "bea")

    world.stack.dynamodb.down = {EVERYTHING}
    yield chapter.step("an outage is no sign-out", right(), "not known now", status=503)
    world.stack.dynamodb.down = set()
    yield chapter.step("it is over: the same session", right(), "bea")

    yield chapter.step("sign out", laptop.sign_out(), NOT_SIGNED_IN)
    for path in (_MISTAKEN, _RIGHT):
        what = f"the browser at {path}"
        yield chapter.step(what, laptop.visit(path), NOT_SIGNED_IN, status=401)
    yield chapter.step("a copy of the cookie: still there", mistaken(), "bea")
    yield chapter.step("the copy, and the API is asked", right(), NOT_SIGNED_IN, status=401)
