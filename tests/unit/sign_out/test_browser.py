"""What browsers can be made to send, and where they are sent."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.tokens import CLIENT_ID
from tests.unit.sign_out.bench import APP, REFRESH_TOKEN, Bench

LOGIN = "https://login.example.com/logout"


def location(answer: dict[str, Any]) -> str:
    url: str = json.loads(answer["body"])["logout_url"]
    return url


def test_a_cookie_signs_out_from_the_apps_own_pages() -> None:
    """Tokens in cookies are taken where the request's origin is allowed, and cleared."""
    bench = Bench({"CLEARED_COOKIES": "theme", "COOKIE_DOMAIN": "example.com"})
    answer = bench.send(
        cookies={"__Host-access": bench.token(), "refresh": REFRESH_TOKEN}, headers={"origin": APP}
    )
    assert bench.session.revoked_at
    assert bench.operations == ["RevokeToken"]
    attributes = "Max-Age=0; Path=/; Secure; HttpOnly; SameSite=None"
    assert answer["cookies"] == [
        f"__Host-access=; {attributes}",
        f"refresh=; {attributes}; Domain=example.com",
        f"theme=; {attributes}; Domain=example.com",
    ]


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://evil.example",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example",
        "HTTPS://APP.EXAMPLE.COM",
    ],
)
def test_a_cookie_from_another_site_signs_nobody_out(origin: str | None) -> None:
    """Cookies come along whoever sends the request; the origin says who did."""
    bench = Bench()
    headers = {} if origin is None else {"origin": origin}
    for cookies in ({"__Host-access": bench.token()}, {"refresh": REFRESH_TOKEN}):
        answer = bench.send(cookies=cookies, headers=headers)
        assert answer["statusCode"] == 403
        assert "cookies" not in answer
    assert (bench.table.rows, bench.operations) == ({}, [])
    assert bench.lines()[-1]["outcome"] == "foreign_site"


@pytest.mark.parametrize("headers", [{}, {"origin": "https://evil.example"}])
@pytest.mark.parametrize("form", [None, "a=b", f"access_token=x&refresh_token={REFRESH_TOKEN}"])
def test_another_site_clears_no_cookies(headers: dict[str, str], form: str | None) -> None:
    """Who loses the app's cookies is signed out there: tokens of one's own are no right to that."""
    answer = Bench({"CLEARED_COOKIES": "theme"}).send(form=form, headers=headers)
    assert answer["statusCode"] == (200 if form is None else 303)
    assert "cookies" not in answer


def test_the_apps_own_pages_may_read_the_answer() -> None:
    """Where the origin is allowed the answer says so, and caches are told that it matters."""
    bench = Bench()
    own = bench.send(headers={"origin": APP})["headers"]
    assert own["Access-Control-Allow-Origin"] == APP
    assert own["Access-Control-Allow-Credentials"] == "true"
    for headers in ({}, {"origin": "https://evil.example"}):
        other = bench.send(headers=headers)["headers"]
        assert not any(name.startswith("Access-Control") for name in other)
        assert other["Vary"] == own["Vary"] == "Origin"


def test_a_token_in_hand_needs_no_origin() -> None:
    """Who sends the token itself is no victim of another site: no browser adds it."""
    bench = Bench()
    answer = bench.send(
        {"refresh_token": REFRESH_TOKEN},
        bearer=bench.token(),
        cookies={"__Host-access": "x", "refresh": "y"},
    )
    assert answer["statusCode"] == 200
    assert bench.session.revoked_at


@pytest.mark.parametrize("body", [None, {"refresh_token": REFRESH_TOKEN}])
def test_one_token_from_a_cookie_is_enough_to_want_an_origin(body: Any) -> None:
    """A refresh token in the body does not lend its trust to the cookie beside it."""
    bench = Bench()
    answer = bench.send(body, cookies={"__Host-access": bench.token()})
    assert answer["statusCode"] == 403


def test_a_form_is_redirected() -> None:
    """A plain HTML form ends at the provider's logout address, by GET."""
    bench = Bench()
    form = urlencode({"access_token": bench.token(), "everywhere": "on", "return_to": f"{APP}/bye"})
    answer = bench.send(form=form)
    assert answer["statusCode"] == 303
    target = urlencode({"client_id": CLIENT_ID, "logout_uri": f"{APP}/bye"})
    assert answer["headers"]["Location"] == f"{LOGIN}?{target}"
    assert bench.user.not_before


@pytest.mark.parametrize(
    "return_to",
    [
        "https://evil.example",
        f"{APP}/bye/..",
        f"{APP}//evil.example",
        f"{APP}/bye?x",
        "javascript:0",
    ],
)
def test_other_return_addresses_are_not_followed(return_to: str) -> None:
    """An address that is not on the list is replaced by the first one that is."""
    bench = Bench()
    answer = bench.send({"return_to": return_to}, bearer=bench.token())
    assert location(answer) == location(Bench().send())
    assert "evil" not in answer["body"]


def test_allowed_return_addresses_are_followed() -> None:
    """Each address on the list can be asked for."""
    answer = Bench().send({"return_to": f"{APP}/bye"})
    assert location(answer).endswith("%2Fbye")


def test_without_a_logout_address_nobody_is_sent_anywhere() -> None:
    """A pool without a domain has no logout address; a form is answered with a document."""
    bench = Bench({"LOGOUT_ENDPOINT": "", "RETURN_ADDRESSES": ""})
    assert location(bench.send()) is None
    assert bench.send(form="a=b")["statusCode"] == 200


@pytest.mark.parametrize("form", ["a", "&&", "=".join("ab") * 50, "a=%ff"])
def test_a_broken_form_holds_nothing(form: str) -> None:
    """What can't be read counts as not sent."""
    assert Bench().send(form=form)["statusCode"] == 303


@pytest.mark.parametrize("body", [[], "text", 1, {"access_token": 1, "everywhere": 1}])
def test_a_broken_document_holds_nothing(body: Any) -> None:
    """Members of another type count as not sent."""
    bench = Bench()
    assert bench.send(body)["statusCode"] == 200
    assert bench.lines()[-1]["outcome"] == "nothing"


def test_nothing_of_a_token_is_written() -> None:
    """Neither the log nor the answer holds a piece of any token."""
    bench = Bench()
    token = bench.token()
    answers = [
        bench.send({"refresh_token": REFRESH_TOKEN, "everywhere": True}, bearer=token),
        bench.send(cookies={"__Host-access": token}),
    ]
    written = bench.log.getvalue() + json.dumps(answers)
    for text in (token, REFRESH_TOKEN):
        assert not any(text[i : i + 12] in written for i in range(len(text) - 12))
