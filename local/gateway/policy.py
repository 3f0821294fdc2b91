"""Evaluates the IAM policy that an authorizer returned.

An explicit Deny wins, and what no statement allows is denied. Understood are Action, Resource
and the conditions DateGreaterThan and DateLessThan on ``aws:CurrentTime``; anything else makes
the policy unusable rather than being skipped, because to skip a condition is to change what
the policy says.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

ACTION = "execute-api:Invoke"

#: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
MAX_RESOURCE_CHARS = 512

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "DateGreaterThan": operator.gt,
    "DateLessThan": operator.lt,
}
#: IAM takes the names of condition keys in any case.
_CURRENT_TIME = "aws:currenttime"


class PolicyError(Exception):
    """A document is not a policy that can be evaluated."""


@dataclass(frozen=True, slots=True)
class _Condition:
    holds: Callable[[float, float], bool]
    moments: tuple[float, ...]

    def is_met(self, now: float) -> bool:
        return any(self.holds(now, moment) for moment in self.moments)


@dataclass(frozen=True, slots=True)
class _Statement:
    is_allow: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[_Condition, ...]

    def applies(self, resource: str, now: float) -> bool:
        return (
            any(_matches(action.lower(), ACTION.lower()) for action in self.actions)
            and any(_matches(pattern, resource) for pattern in self.resources)
            and all(condition.is_met(now) for condition in self.conditions)
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy that has been read, ready to be asked."""

    statements: tuple[_Statement, ...]

    @classmethod
    def parse(cls, document: Any) -> Policy:
        """Read a policy document.

        Raises:
            PolicyError: it is malformed, or holds something that is not understood here.
        """
        if not isinstance(document, dict) or not set(document) <= {"Version", "Id", "Statement"}:
            raise PolicyError("not a policy document")
        statements = document.get("Statement")
        if isinstance(statements, dict):
            statements = [statements]
        if not isinstance(statements, list) or not statements:
            raise PolicyError("no statements")
        return cls(tuple(_statement(statement) for statement in statements))

    def allows(self, resource: str, now: float) -> bool:
        """Whether ``resource`` may be invoked at ``now`` (seconds since the epoch)."""
        applying = [s for s in self.statements if s.applies(resource, now)]
        return bool(applying) and all(statement.is_allow for statement in applying)


def _statement(value: Any) -> _Statement:
    if not isinstance(value, dict):
        raise PolicyError("a statement is not an object")
    if not set(value) <= {"Sid", "Effect", "Action", "Resource", "Condition"}:
        raise PolicyError("a statement holds something that is not understood")
    if value.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError("Effect is neither Allow nor Deny")
    resources = _texts(value.get("Resource"))
    if any(len(resource) > MAX_RESOURCE_CHARS for resource in resources):
        raise PolicyError("a resource is too long")
    return _Statement(
        is_allow=value["Effect"] == "Allow",
        actions=_texts(value.get("Action")),
        resources=resources,
        conditions=tuple(_conditions(value.get("Condition", {}))),
    )


def _conditions(block: Any) -> list[_Condition]:
    if not isinstance(block, dict):
        raise PolicyError("Condition is not an object")
    conditions = []
    for name, tests in block.items():
        if name not in _OPERATORS or not isinstance(tests, dict):
            raise PolicyError("an unknown condition operator")
        for key, values in tests.items():
            if key.lower() != _CURRENT_TIME:
                raise PolicyError("an unknown condition key")
            moments = tuple(_moment(text) for text in _texts(values))
            conditions.append(_Condition(_OPERATORS[name], moments))
    return conditions


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PolicyError("not a date") from None
    if moment.tzinfo is None:
        raise PolicyError("a date without a time zone")
    return moment.timestamp()


def _texts(value: Any) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values:
        raise PolicyError("a text or a list of texts is missing")
    if not all(isinstance(text, str) and text for text in values):
        raise PolicyError("not a text")
    return tuple(values)


def _matches(pattern: str, text: str) -> bool:
    return _expression(pattern).fullmatch(text) is not None


# A stage's policies have few patterns, and each is matched at every call.
@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    """``*`` stands for any run of characters, slashes included, and ``?`` for one."""
    wildcards = {"*": ".*", "?": "."}
    expression = "".join(wildcards.get(char, re.escape(char)) for char in pattern)
    return re.compile(expression, re.DOTALL)
