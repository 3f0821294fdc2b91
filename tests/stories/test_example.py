"""The example app by itself: what nobody but its own pages may ask of it."""

from __future__ import annotations

import requests

from local.web.deployment import WorldSettings
from local.web.device import Device, signed_in_as
from local.web.session_cookie import SESSION_COOKIE
from local.web.world import World
from local.web.worlds import Worlds


def test_another_site_signs_nobody_out(worlds: Worlds) -> None:
    """POST /end-session with a user's cookies is refused unless the app's own page sends it."""
    world = worlds.get(WorldSettings())
    laptop = _signed_in(world, "eve")
    cookies = {"Cookie": laptop.cookie_header()}
    statuses = [
        requests.post(
            f"{world.app_url}/end-session", headers=cookies | origin, timeout=30
        ).status_code
        for origin in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {})
    ]
    assert statuses == [403, 403, 403]
    assert world.call(laptop.tokens().access).status == 200


def test_tokens_and_names_in_the_page(worlds: Worlds) -> None:
    """The page has no token, in no place that scripts can read, and a name in it is text."""
    world = worlds.get(WorldSettings())
    name = "<b>fay</b>&amp;"
    laptop = _signed_in(world, name)
    tokens = laptop.tokens()
    assert laptop.look().reason == signed_in_as(name)
    for readable in laptop.readable_by_scripts():
        assert tokens.access not in readable
        assert tokens.refresh not in readable
        assert SESSION_COOKIE not in readable


def _signed_in(world: World, name: str) -> Device:
    laptop = world.new_device()
    laptop.visit("/dashboard")
    laptop.sign_in(name)
    return laptop
