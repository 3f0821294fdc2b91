"""The sign-out endpoint's settings."""

from __future__ import annotations

import importlib
import sys

import pytest

from environment import SettingsError
from sign_out.credentials import SignOutRequest
from sign_out.settings import Settings
from sign_out.wiring import wire
from tests.tokens import ISSUER, ISSUER_NEW_FORM
from tests.unit.sign_out.bench import ENVIRONMENT


def read(**changes: str) -> Settings:
    return Settings.from_env(ENVIRONMENT | changes)


def test_the_pool_has_two_issuers_and_one_key_set() -> None:
    """Both forms are taken, and the keys are those of the pool."""
    assert read().issuers == {ISSUER, ISSUER_NEW_FORM}
    assert read().key_set_url == f"{ISSUER}/.well-known/jwks.json"
    assert read(LOCAL_ENDPOINT="http://localhost:1").key_set_url.startswith("http://localhost:1/")


def test_chinas_regions_have_a_domain_of_their_own() -> None:
    """A pool there is named accordingly."""
    pool = "cn-north-1_Pool"
    assert (
        f"https://cognito-idp.cn-north-1.amazonaws.com.cn/{pool}" in read(USER_POOL_ID=pool).issuers
    )
    assert "amazonaws.com.cn" in read(USER_POOL_ID=pool).key_set_url


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DEPLOYMENT_NAME", "a b"),
        ("USER_POOL_ID", ""),
        ("USER_POOL_ID", "pool"),
        ("CLIENT_IDS", ""),
        ("CONFIDENTIAL_CLIENT_IDS", "another"),
        ("LEDGER_TABLE", ""),
        ("LOGOUT_ENDPOINT", "http://login.example.com/logout"),
        ("RETURN_ADDRESSES", ""),
        ("RETURN_ADDRESSES", "http://app.example.com/"),
        ("RETURN_ADDRESSES", "https://user@app.example.com/"),
        ("RETURN_ADDRESSES", "https://app.example.com/#x"),
        ("RETURN_ADDRESSES", "https://[app"),
        ("RETURN_ADDRESSES", "/home"),
        ("ALLOWED_ORIGINS", ""),
        ("ALLOWED_ORIGINS", "https://app.example.com/"),
        ("ALLOWED_ORIGINS", "*"),
        ("ACCESS_TOKEN_COOKIE", "a;b"),
        ("CLEARED_COOKIES", "a=b"),
        ("COOKIE_DOMAIN", "localhost; Secure"),
        ("LINKED_SESSIONS", "maybe"),
        ("UNVERIFIED_PER_MINUTE", "0"),
    ],
)
def test_a_setting_that_can_not_be_used(variable: str, value: str) -> None:
    """Each is named, and nothing starts."""
    with pytest.raises(SettingsError) as raised:
        read(**{variable: value})
    assert any(problem.startswith(f"{variable}:") for problem in raised.value.problems)


def test_a_page_on_this_machine_may_be_plain() -> None:
    """Developers' pages on localhost need no certificate."""
    settings = read(
        RETURN_ADDRESSES="http://localhost:3000/", ALLOWED_ORIGINS="http://localhost:3000"
    )
    assert settings.allowed_origins == {"http://localhost:3000"}


def test_no_cookies_need_no_origins() -> None:
    """Where no cookie is read, no site can misuse one."""
    assert read(ACCESS_TOKEN_COOKIE="", REFRESH_TOKEN_COOKIE="", ALLOWED_ORIGINS="")


def test_a_request_shows_no_token() -> None:
    """A representation ends up in logs."""
    request = SignOutRequest("secret", "secret", True, "i", "c", False, "there", False, "")
    assert repr(request) == "SignOutRequest(is_from_cookie=True)"


def test_the_real_parts_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wired with nothing given, as Lambda does, the endpoint answers."""
    for name, value in (ENVIRONMENT | {"AWS_REGION": "eu-west-1"}).items():
        monkeypatch.setenv(name, value)
    assert wire(ENVIRONMENT, service="sign-out-real").handle({})["statusCode"] == 400
    sys.modules.pop("sign_out.handler", None)
    handler = importlib.import_module("sign_out.handler").handler

    class Context:
        aws_request_id = "request-1"

    assert handler({}, Context())["statusCode"] == 400
