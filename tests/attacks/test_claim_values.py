"""Attacks by claim values of another type, beyond their range, or at their edge."""

from __future__ import annotations

from typing import Any

import pytest

from authorizer.errors import Reason
from tests.attacks.refusals import refuse
from tests.sandbox import Sandbox
from tests.tokens import NOW, SessionMaker, sign

_LEEWAYS = [0, 5, 60]


@pytest.mark.parametrize("leeway", _LEEWAYS)
def test_a_token_ends_with_the_leeway(leeway: int) -> None:
    """A token is good until a second before ``exp`` and the leeway have passed, and then not."""
    box = Sandbox({"LEEWAY_SECONDS": str(leeway)})
    assert box.call_with(SessionMaker().access(exp=NOW - leeway + 1)).status == 200
    refuse(sign(SessionMaker().access(exp=NOW - leeway)), Reason.TOKEN_EXPIRED, sandbox=box)


@pytest.mark.parametrize("leeway", _LEEWAYS)
@pytest.mark.parametrize("claim", ["iat", "nbf", "auth_time"])
def test_a_token_begins_with_the_leeway(claim: str, leeway: int) -> None:
    """A token from the future is good within the leeway, and not a second further ahead."""
    box = Sandbox({"LEEWAY_SECONDS": str(leeway)})
    assert box.call_with(SessionMaker().access(**{claim: NOW + leeway})).status == 200
    early = sign(SessionMaker().access(**{claim: NOW + leeway + 1}))
    refuse(early, Reason.TOKEN_NOT_YET_VALID, sandbox=box)


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf", "auth_time"])
@pytest.mark.parametrize(
    "value",
    [
        float(NOW) + 60,
        NOW + 0.5,
        str(NOW + 60),
        "9999-12-31T23:59:59Z",
        True,
        False,
        None,
        [],
        [NOW + 60],
        {},
        {"seconds": NOW},
        "",
        0,
        -1,
        -NOW,
        253_402_300_800,
        1_795_176_000_000,
        2**63,
        2**64,
        10**30,
    ],
)
def test_a_moment_of_another_type_is_refused(claim: str, value: Any) -> None:
    """Times are positive integers of seconds: no float, text, truth value or milliseconds."""
    refuse(sign(SessionMaker().access() | {claim: value}), Reason.CLAIM_MALFORMED)


def test_the_last_moment_of_the_calendar_is_taken() -> None:
    """The latest moment that is understood is the end of the year 9999."""
    box = Sandbox({"GATEWAY_TTL_SECONDS": "300"})
    assert box.call_with(SessionMaker().access(exp=253_402_300_799)).status == 200


@pytest.mark.parametrize("claim", ["sub", "username", "jti", "origin_jti", "client_id"])
@pytest.mark.parametrize("value", ["", None, 0, True, [], ["a"], {}, "n" * 2049])
def test_a_name_of_another_type_is_refused(claim: str, value: Any) -> None:
    """Names are text of 1 to 2,048 characters."""
    refuse(sign(SessionMaker().access() | {claim: value}), Reason.CLAIM_MALFORMED)


def test_a_name_of_the_greatest_length_is_taken() -> None:
    """A name of exactly 2,048 characters is still a name."""
    assert Sandbox().call_with(SessionMaker().access(username="n" * 2048)).status == 200


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("scope", ["admin"]),
        ("scope", None),
        ("scope", 1),
        ("scope", {"admin": True}),
        ("cognito:groups", "admin"),
        ("cognito:groups", {"admin": True}),
        ("cognito:groups", None),
        ("cognito:groups", [""]),
        ("cognito:groups", ["admin", 1]),
        ("cognito:groups", [["admin"]]),
    ],
)
def test_grants_of_another_type_are_refused(claim: str, value: Any) -> None:
    """Scopes are one text and groups a list of texts; nothing is read into anything else."""
    refuse(sign(SessionMaker().access() | {claim: value}), Reason.CLAIM_MALFORMED)
