"""Sign-outs that ended badly for others, in a browser: as they tell it, then with this project.

Each chapter runs on a :class:`local.web.world.World`: a real Auth.js app and a real OpenID provider
in front of the real authorizer, sign-out endpoint and receivers. ``python -m local.stories`` prints
them, ``tests/stories`` checks the same steps, ``docs/stories`` explains them.

- :mod:`local.stories.provider_cookie`: signed out of the app, and signed in again by the provider;
- :mod:`local.stories.session_cache`: a cache of sessions that answers for a user who has left;
- :mod:`local.stories.provider_logout`: an access token that outlives the logout at its provider;
- :mod:`local.stories.remains`: what each way to sign out leaves behind.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.stories import provider_cookie, provider_logout, remains, session_cache
from local.stories.chapter import GetWorld
from local.story.telling import Step

__all__ = ["tell"]


def tell(get_world: GetWorld) -> Iterator[Step]:
    """All chapters, each step as it happens."""
    yield from provider_cookie.tell(get_world)
    yield from session_cache.tell(get_world)
    yield from provider_logout.tell(get_world)
    yield from remains.tell(get_world)
