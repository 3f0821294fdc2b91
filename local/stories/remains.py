"""What each way to sign out ends, and what it leaves: ``docs/stories/cookies.md`` has the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from local.bench import Outcome
from local.stories.chapter import Chapter, GetWorld
from local.story.telling import Step
from local.web.deployment import WorldSettings
from local.web.device import Device, signed_in_as
from local.web.session_cookie import Tokens
from local.web.world import World

_USER = "dot"


class Way(StrEnum):
    """To sign out; each by itself. As the table has them."""

    APP = "The app's own sign-out"
    ENDPOINT = "`POST /sign-out`"
    EVERYWHERE = "… with `everywhere`"
    LOGOUT_ADDRESS = "The logout address"


class Thing(StrEnum):
    """That remembers the user. As the table has them."""

    APP_COOKIE = "the app's cookie"
    PROVIDER_COOKIE = "the provider's cookie"
    ACCESS_COPY = "copies of the access token"
    REFRESH = "the refresh token"
    APP_COOKIE_COPY = "copies of the app's cookie"
    OTHER_DEVICE = "other devices"


_TITLES = {
    Way.APP: "Left by the app's own sign-out",
    Way.ENDPOINT: "Left by POST /sign-out alone",
    Way.EVERYWHERE: "Left by POST /sign-out with everywhere",
    Way.LOGOUT_ADDRESS: "Left by the logout address alone",
}

#: The rest stays. Everywhere comes last, because the other device ends with it.
ENDED: Mapping[Way, frozenset[Thing]] = {
    Way.APP: frozenset({Thing.APP_COOKIE}),
    Way.LOGOUT_ADDRESS: frozenset({Thing.PROVIDER_COOKIE, Thing.REFRESH}),
    Way.ENDPOINT: frozenset({Thing.ACCESS_COPY, Thing.REFRESH}),
    Way.EVERYWHERE: frozenset({Thing.ACCESS_COPY, Thing.REFRESH, Thing.OTHER_DEVICE}),
}

_ENDS, _STAYS = Outcome(401, "ends"), Outcome(200, "stays")


def tell(get_world: GetWorld) -> Iterator[Step]:
    """Tell these chapters, each step as it happens."""
    world = get_world(WorldSettings())
    phone = _signed_in(world).tokens()
    for way in ENDED:
        yield from _left_by(way, Chapter(world, _TITLES[way]), phone)


def _left_by(way: Way, chapter: Chapter, phone: Tokens) -> Iterator[Step]:
    world = chapter.world
    laptop = _signed_in(world)
    tokens, copy = laptop.tokens(), laptop.cookie_header()
    _sign_out(way, world, laptop, tokens)
    is_there: Mapping[Thing, Callable[[], bool]] = {
        Thing.APP_COOKIE: laptop.has_app_cookie,
        Thing.PROVIDER_COOKIE: laptop.has_provider_cookie,
        Thing.ACCESS_COPY: lambda: world.call(tokens.access).status == 200,
        Thing.REFRESH: lambda: world.refresh(tokens.refresh).status == 200,
        Thing.APP_COOKIE_COPY: lambda: world.visit_with(copy, "/").reason == signed_in_as(_USER),
        Thing.OTHER_DEVICE: lambda: _opens_the_api(world, phone),
    }
    for thing, stays in is_there.items():
        expected = _ENDS if thing in ENDED[way] else _STAYS
        yield Step(chapter.title, thing, expected, _STAYS if stays() else _ENDS)


def _opens_the_api(world: World, tokens: Tokens) -> bool:
    """Whether its access token does, or one that its refresh token still brings."""
    if world.call(tokens.access).status == 200:
        return True
    renewed = world.renew(tokens.refresh)
    return renewed is not None and world.call(renewed).status == 200


def _sign_out(way: Way, world: World, laptop: Device, tokens: Tokens) -> None:
    if way is Way.APP:
        laptop.sign_out_of_app()
    elif way is Way.LOGOUT_ADDRESS:
        laptop.log_out_at_provider()
    else:
        world.sign_out(tokens, is_everywhere=way is Way.EVERYWHERE)


def _signed_in(world: World) -> Device:
    device = world.new_device()
    device.visit("/dashboard")
    device.sign_in(_USER)
    return device
