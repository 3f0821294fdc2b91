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


@pytest.mark.parametrize("form", ["", "a=%ff", "access_token=&refresh_token=", "a=b&a=c"])
def test_a_form_without_tokens_holds_nothing(form: str) -> None:
    """What is empty was not sent."""
    assert Bench().send(form=form)["statusCode"] == 303


@pytest.mark.parametrize("body", [None, {}, {"access_token": None, "refresh_token": ""}])
def test_a_document_without_tokens_holds_nothing(body: Any) -> None:
    """What is null was not sent, either."""
    bench = Bench()
    assert bench.send(body)["statusCode"] == 200
    assert bench.lines()[-1]["outcome"] == "nothing"


# What was sent and can't be taken: nobody is told to be signed out


def assert_flawed(bench: Bench, answer: dict[str, Any], flaw: str) -> None:
    """Nothing ends, and the cookies stay, so that it can be sent again."""
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"]) == {"message": f"Bad request: {flaw} can't be read"}
    assert "cookies" not in answer
    assert (bench.table.rows, bench.operations) == ({}, [])
    assert bench.lines()[-1]["outcome"] == "malformed"


@pytest.mark.parametrize(
    ("name", "flaw"), [("__Host-access", "access_token"), ("refresh", "refresh_token")]
)
@pytest.mark.parametrize("other", ["x", "a-token-of-a-neighbours"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_cookie_that_comes_twice(name: str, flaw: str, other: str, *, is_first: bool) -> None:
    """RFC 6265, section 8.6: a neighbour may have set one; nobody can say whose is whose."""
    bench = Bench()
    cookies = [("__Host-access", bench.token()), ("refresh", REFRESH_TOKEN)]
    cookies.insert(0 if is_first else 2, (name, other))
    answer = bench.send(cookies=cookies, headers={"origin": APP})
    assert_flawed(bench, answer, flaw)
    assert answer["headers"]["Access-Control-Allow-Origin"] == APP


def test_a_cookie_that_comes_twice_as_it_is() -> None:
    """Of another path, and the same token: there is nothing to choose."""
    bench = Bench()
    cookies = [("__Host-access", bench.token()), ("refresh", REFRESH_TOKEN)] * 2
    assert bench.send(cookies=cookies, headers={"origin": APP})["statusCode"] == 200
    assert bench.session.revoked_at
    assert bench.operations == ["RevokeToken"]


def test_a_cookie_that_comes_twice_from_another_site() -> None:
    """It is told no more than with one."""
    cookies = [("refresh", REFRESH_TOKEN), ("refresh", "x")]
    assert Bench().send(cookies=cookies)["statusCode"] == 403


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_member_that_comes_twice(name: str) -> None:
    """A parser's last one is not more the caller's than the first."""
    bench = Bench()
    values = (REFRESH_TOKEN, f"{REFRESH_TOKEN}.x")
    document = ", ".join(f'"{name}": "{value}"' for value in values)
    assert_flawed(bench, bench.send(text=f"{{{document}}}"), name)
    assert_flawed(bench, bench.send(form=urlencode([(name, value) for value in values])), name)


def test_a_member_that_comes_twice_as_it_is() -> None:
    """There is nothing to choose."""
    bench = Bench()
    document = f'{{"refresh_token": "{REFRESH_TOKEN}", "refresh_token": "{REFRESH_TOKEN}"}}'
    assert bench.send(text=document)["statusCode"] == 200
    assert bench.send(form=urlencode([("refresh_token", REFRESH_TOKEN)] * 2))["statusCode"] == 303
    assert bench.operations == ["RevokeToken"] * 2


@pytest.mark.parametrize(
    "authorization",
    ["Bearer one,Bearer two", "Bearer one, Bearer one", "Basic eDp5,Bearer one", "Bearer \u00e4"],
)
def test_a_header_that_is_no_bearer_token(authorization: str) -> None:
    """HTTP APIs join several headers of one name by commas."""
    bench = Bench()
    answer = bench.send(
        {"refresh_token": REFRESH_TOKEN}, headers={"authorization": authorization, "origin": APP}
    )
    assert_flawed(bench, answer, "access_token")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic eDp5"])
def test_a_header_without_a_token(authorization: str) -> None:
    """It is none of the endpoint's, or empty: what stands elsewhere counts."""
    bench = Bench()
    headers = {"authorization": authorization}
    assert bench.send({"access_token": bench.token()}, headers=headers)["statusCode"] == 200
    assert bench.session.revoked_at


@pytest.mark.parametrize(
    ("name", "token"),
    [
        ("access_token", "x" * 8193),
        ("access_token", '"a.b.c"'),
        ("access_token", "a.b.\u00e4"),
        ("access_token", 1),
        ("access_token", ["a.b.c"]),
        ("refresh_token", "x" * 8193),
        ("refresh_token", "x" * 15),
        ("refresh_token", f"{REFRESH_TOKEN} "),
        ("refresh_token", f"{REFRESH_TOKEN}\u00e4"),
        ("refresh_token", False),
        ("refresh_token", {"token": REFRESH_TOKEN}),
    ],
)
def test_what_no_token_looks_like(name: str, token: Any) -> None:
    """It is too long, too short, or of other characters; said of its form, be it known or not."""
    bench = Bench()
    assert_flawed(bench, bench.send({name: token}, headers={"origin": APP}), name)


@pytest.mark.parametrize(
    ("name", "token", "flaw"),
    [
        ("__Host-access", '"a.b.c"', "access_token"),
        ("__Host-access", "x" * 8193, "access_token"),
        ("refresh", "x", "refresh_token"),
        ("refresh", f"{REFRESH_TOKEN}\u00e4", "refresh_token"),
    ],
)
def test_a_cookie_that_no_token_looks_like(name: str, token: str, flaw: str) -> None:
    """The app's own cookie, quoted or cut off; or a neighbour's, where the app has none."""
    bench = Bench()
    assert_flawed(bench, bench.send(cookies={name: token}, headers={"origin": APP}), flaw)


@pytest.mark.parametrize("length", [16, 8192])
def test_what_a_refresh_token_may_look_like(length: int) -> None:
    """RFC 6749, appendix A.17: visible characters; some issuers write all sorts of them."""
    bench = Bench()
    assert bench.send({"refresh_token": "M.!*|%$".ljust(length, "x")})["statusCode"] == 200
    assert bench.operations == ["RevokeToken"]


@pytest.mark.parametrize("text", ["[]", '"text"', "1", "null", "{", '{"a": 1', "[" * 5000, "a=b"])
def test_a_broken_document(text: str) -> None:
    """Nobody can say what stands in it: a token, or that all sessions are to end."""
    bench = Bench()
    answer = bench.send(text=text, bearer=bench.token(), headers={"origin": APP})
    assert_flawed(bench, answer, "body")


@pytest.mark.parametrize("form", ["a", "&&", "=".join("ab") * 50 + "&", "&".join(["a=b"] * 21)])
def test_a_broken_form(form: str) -> None:
    """As little of a form."""
    bench = Bench()
    assert_flawed(bench, bench.send(form=form, bearer=bench.token()), "body")


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
