"""Evaluation of the policies that authorizers return."""

from __future__ import annotations

from typing import Any

import pytest

from local.clock import START_SECONDS
from local.gateway.policy import Policy, PolicyError
from tests.local.gateway_bench import ALLOW_ALL, DENY_ALL, STAGE_ARN, policy, statement

#: START_SECONDS, as policies write it.
START = "2027-01-15T08:00:00Z"


def allows(document: Any, resource: str = "GET/hello", now: float = START_SECONDS) -> bool:
    return Policy.parse(document).allows(f"{STAGE_ARN}/{resource}", now)


def test_allow() -> None:
    """What a statement allows is allowed."""
    assert allows(ALLOW_ALL)


def test_default_is_deny() -> None:
    """What no statement speaks of is denied."""
    assert not allows(policy(statement("Allow", "GET/other")))


def test_explicit_deny_wins() -> None:
    """A Deny wins over any Allow, whichever comes first."""
    allow, deny = statement("Allow", "*"), statement("Deny", "GET/hello")
    assert not allows(policy(allow, deny))
    assert not allows(policy(deny, allow))
    assert allows(policy(deny, allow), "GET/other")


@pytest.mark.parametrize(
    ("pattern", "resource", "matches"),
    [
        ("GET/hello", "GET/hello", True),
        ("GET/hello", "GET/hello/", False),
        ("GET/hello", "get/hello", False),
        ("*/hello", "POST/hello", True),
        ("GET/*", "GET/a/b/c", True),
        ("GET/orders/*/items", "GET/orders/1/2/items", True),
        ("GET/order?", "GET/orders", True),
        ("GET/order?", "GET/order", False),
        ("GET/a.c", "GET/abc", False),
        ("GET/[ab]", "GET/a", False),
        ("GET/*", "GET/a\nb", True),
    ],
)
def test_wildcards(pattern: str, resource: str, matches: bool) -> None:
    """``*`` is any run of characters, slashes too; ``?`` is one; nothing else is special."""
    assert allows(policy(statement("Allow", pattern)), resource) is matches


@pytest.mark.parametrize(
    ("action", "matches"),
    [
        ("execute-api:Invoke", True),
        ("execute-api:invoke", True),
        ("execute-api:*", True),
        ("*", True),
        (["s3:GetObject", "execute-api:Inv*"], True),
        ("execute-api:ManageConnections", False),
        ("s3:*", False),
    ],
)
def test_actions(action: Any, matches: bool) -> None:
    """A statement counts only if its Action covers execute-api:Invoke."""
    assert allows(policy(statement("Allow", "*", Action=action))) is matches


@pytest.mark.parametrize(
    ("operator", "seconds", "holds"),
    [
        ("DateGreaterThan", -1, False),
        ("DateGreaterThan", 0, False),
        ("DateGreaterThan", 0.1, True),
        ("DateLessThan", -0.1, True),
        ("DateLessThan", 0, False),
    ],
)
def test_conditions_on_the_time(operator: str, seconds: float, holds: bool) -> None:
    """Both operators are strict, and go by the time that is given."""
    condition = {operator: {"aws:CurrentTime": START}}
    document = policy(statement("Allow", "*", Condition=condition))
    assert allows(document, now=START_SECONDS + seconds) is holds


def test_all_conditions_must_hold() -> None:
    """Several operators narrow a statement together."""
    window = {
        "DateGreaterThan": {"aws:CurrentTime": START},
        "DateLessThan": {"AWS:currenttime": "2027-01-15T08:01:00Z"},
    }
    document = policy(statement("Allow", "*", Condition=window))
    at = [START_SECONDS, START_SECONDS + 1, START_SECONDS + 59, START_SECONDS + 60]
    assert [allows(document, now=now) for now in at] == [False, True, True, False]


def test_a_deny_after_a_time() -> None:
    """A conditional Deny ends an Allow at its moment."""
    ends = {"DateGreaterThan": {"aws:CurrentTime": START}}
    document = policy(statement("Allow", "*"), statement("Deny", "*", Condition=ends))
    assert allows(document, now=START_SECONDS)
    assert not allows(document, now=START_SECONDS + 0.1)


@pytest.mark.parametrize(
    "document",
    [
        None,
        "text",
        [],
        {},
        {"Statement": []},
        {"Statement": "text"},
        {"Statement": ["text"]},
        policy(statement("Allow", "*")) | {"Surprise": 1},
        policy(statement("allow", "*")),
        policy(statement("Allow", "*", Surprise=1)),
        policy(statement("Allow", "*", Action=[])),
        policy(statement("Allow", "*", Action=7)),
        policy(statement("Allow", "*", Resource=[])),
        policy(statement("Allow", "*", Resource=["", 7])),
        policy(statement("Allow", "*", Condition="text")),
        policy(statement("Allow", "*", Condition={"StringEquals": {"aws:CurrentTime": START}})),
        policy(statement("Allow", "*", Condition={"DateLessThan": START})),
        policy(statement("Allow", "*", Condition={"DateLessThan": {"aws:SourceIp": START}})),
        policy(statement("Allow", "*", Condition={"DateLessThan": {"aws:CurrentTime": "soon"}})),
        policy(
            statement(
                "Allow", "*", Condition={"DateLessThan": {"aws:CurrentTime": "2027-01-15T08:00:00"}}
            )
        ),
        policy({"Effect": "Allow", "NotAction": "x", "Resource": "*"}),
    ],
)
def test_what_is_not_understood_is_an_error(document: Any) -> None:
    """Nothing malformed or unknown is skipped."""
    with pytest.raises(PolicyError):
        Policy.parse(document)


def test_the_longest_resource() -> None:
    """512 characters are taken, 513 are not."""
    Policy.parse(policy(statement("Deny", "*", Resource="a" * 512)))
    with pytest.raises(PolicyError, match="too long"):
        Policy.parse(policy(statement("Deny", "*", Resource="a" * 513)))


def test_single_values_need_no_list() -> None:
    """One statement, one action and one resource may stand alone."""
    single = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    assert allows({"Statement": single})
    assert not allows(DENY_ALL)
