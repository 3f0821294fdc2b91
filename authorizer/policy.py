"""Route rules, and the one policy they compile to for a whole API stage.

API Gateway caches a policy under the identity sources, not under the route, and then uses it
for every method that shares them. A policy must therefore be right for all routes of the
stage, never only for the one that was called.
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection, Iterable
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple, Protocol

#: arn:aws-us-gov:execute-api:ap-northeast-1:123456789012:abcdefghij/, with a stage of 128.
LONGEST_STAGE_ARN_CHARS = 66 + 128
#: With a stage of 32. Rules are held to the limit with it; with a longer one each policy is.
USUAL_STAGE_ARN_CHARS = 66 + 32

#: A policy for all rules at once must stay below this. AWS publishes no number for REST; IAM
#: itself stops at 10,240 characters for a role's inline policies, and 8 KB leaves room.
MAX_POLICY_CHARS = 8192

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: The rule key for WebSocket APIs, whose authorizer is asked once, when a client connects.
CONNECT = "$connect"
#: The rule key for AppSync: a type and a field of its schema.
FIELD = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,63}\.[_A-Za-z][_0-9A-Za-z]{0,63}")


class RouteDefault(StrEnum):
    """What a verified, living session may do where no rule matches."""

    OPEN = "open"
    CLOSED = "closed"


class PolicyTooLongError(Exception):
    """API Gateway would not take the policy."""


class Granted(Protocol):
    """What a verified token grants: its scopes and its user's groups."""

    @property
    def scopes(self) -> Collection[str]:
        """No two are the same."""
        ...

    @property
    def groups(self) -> Collection[str]:
        """In any order."""
        ...


class Grants(NamedTuple):
    """Scopes and groups by themselves."""

    scopes: frozenset[str]
    groups: frozenset[str]


class _Needs(NamedTuple):
    route: str
    any_scope: frozenset[str] = frozenset()
    all_scopes: frozenset[str] = frozenset()
    any_group: frozenset[str] = frozenset()
    all_groups: frozenset[str] = frozenset()


class RouteRule(_Needs):
    """``METHOD /path/pattern`` and what a token needs there; for AppSync, ``Type.field``.

    ``*`` stands for any run of characters, slashes included, and ``?`` for one character, as
    in the policies that the rule becomes. All of ``all_scopes`` and ``all_groups`` are needed,
    and one of ``any_scope`` and of ``any_group`` where those are not empty.
    """

    def is_met_by(self, grants: Granted) -> bool:
        """Whether these scopes and groups are enough for this rule."""
        return not (
            (self.any_scope and self.any_scope.isdisjoint(grants.scopes))
            or (self.all_scopes and not self.all_scopes.issubset(grants.scopes))
            or (self.any_group and self.any_group.isdisjoint(grants.groups))
            or (self.all_groups and not self.all_groups.issubset(grants.groups))
        )

    @cached_property
    def is_field(self) -> bool:
        """Whether it is about a field of AppSync's, and not about a route."""
        return FIELD.fullmatch(self.route) is not None

    @cached_property
    def resources(self) -> tuple[str, ...]:
        """What stands behind ``<api id>/<stage>/`` in the ARNs that the rule is about.

        ``*`` as a method becomes one resource for each: left as it is, it would run into the
        path, and ``* /hello`` would be about ``GET /internal/hello`` too. And a path is meant with
        a slash at its end as well, for API Gateway serves ``/hello/`` by what stands at ``/hello``
        and writes into the ARN what was called.
        """
        if self.is_field:
            return ()
        method, _, path = self.route.partition(" ")
        methods = sorted(METHODS) if method == "*" else [method]
        paths = [path] if not path or path.endswith(("/", "*")) else [path, f"{path}/"]
        return tuple(f"{name}{form}" for name in methods for form in paths)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        import fnmatch  # noqa: PLC0415  # many deployments have no rules

        # fnmatch's own translation: it knows * and ?, and its atomic groups match in linear time
        # what a plain ".*" for each star would make an attacker's long path expensive.
        return re.compile("|".join(fnmatch.translate(resource) for resource in self.resources))

    def matches(self, resource: str) -> bool:
        """Whether ``METHOD/path`` of a request falls under this rule."""
        return not self.is_field and self._pattern.match(resource) is not None


class RouteRules(NamedTuple):
    """All rules of an API. A request must meet **every** rule that matches its route."""

    rules: tuple[RouteRule, ...] = ()
    default: RouteDefault = RouteDefault.OPEN

    def allows(self, resource: str, grants: Granted) -> bool:
        """Whether a token with ``grants`` may call ``METHOD/path``: what the policy will say."""
        is_matched = False
        for rule in self.rules:
            if rule.matches(resource):
                is_matched = True
                if not rule.is_met_by(grants):
                    return False
        return is_matched or self.default is RouteDefault.OPEN

    def denied_fields(self, grants: Granted) -> list[str]:
        """The fields of AppSync's whose rules are not met: it answers null for them."""
        return [rule.route for rule in self.rules if rule.is_field and not rule.is_met_by(grants)]

    def longest_policy_chars(self) -> int:
        """How long a policy can get, whatever a token grants, unless its stage's name is long."""
        stage_arn = "x" * USUAL_STAGE_ARN_CHARS
        everything = _statement("Allow", [f"{stage_arn}/*"])
        # Each rule stands in one of the two lists.
        rules = [_statement("Allow", _arns(stage_arn, self.rules)), _statement("Deny", [])]
        end = _statement("Deny", [f"{stage_arn}/*"]) | {"Condition": _after(0)}
        return len(json.dumps({"Version": "2012-10-17", "Statement": [everything, *rules, end]}))

    def compile(
        self, stage_arn: str, grants: Granted, *, expires_at: int | None = None
    ) -> dict[str, Any]:
        """The policy for every route below ``stage_arn`` (``arn:…:<api id>/<stage>``).

        An unmet rule becomes a Deny, which wins over any Allow, so an overlapping wider rule
        can't open what a narrower one closes. With ``expires_at`` (seconds since the epoch) a
        further Deny ends the policy with its token, however long the gateway caches it; a
        gateway that does not know ``aws:CurrentTime`` ignores that Deny and loses nothing.

        Raises:
            PolicyTooLongError: with so many rules, for a stage with a name of over 32 characters.
        """
        met: list[RouteRule] = []
        unmet: list[RouteRule] = []
        for rule in self.rules:
            if not rule.is_field:
                (met if rule.is_met_by(grants) else unmet).append(rule)
        everything = f"{stage_arn}/*"
        allowed = [everything] if self.default is RouteDefault.OPEN else _arns(stage_arn, met)
        statements: list[dict[str, Any]] = []
        if allowed:
            statements.append(_statement("Allow", allowed))
        if unmet:
            statements.append(_statement("Deny", _arns(stage_arn, unmet)))
        if not statements:
            statements.append(_statement("Deny", [everything]))
        if allowed and expires_at is not None:
            end = _statement("Deny", [everything]) | {"Condition": _after(expires_at)}
            statements.append(end)
        policy = {"Version": "2012-10-17", "Statement": statements}
        is_unusual = len(stage_arn) > USUAL_STAGE_ARN_CHARS
        if is_unusual and len(json.dumps(policy)) > MAX_POLICY_CHARS:
            raise PolicyTooLongError("too many route rules for a stage with so long a name")
        return policy


def deny_everything(stage_arn: str) -> dict[str, Any]:
    """A policy that allows nothing below ``stage_arn``."""
    return {"Version": "2012-10-17", "Statement": [_statement("Deny", [f"{stage_arn}/*"])]}


def _arns(stage_arn: str, rules: Iterable[RouteRule]) -> list[str]:
    return [f"{stage_arn}/{resource}" for rule in rules for resource in rule.resources]


def _after(moment: int) -> dict[str, Any]:
    text = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
    return {"DateGreaterThan": {"aws:CurrentTime": text}}


def _statement(effect: str, resources: list[str]) -> dict[str, Any]:
    return {"Action": "execute-api:Invoke", "Effect": effect, "Resource": resources}
