"""Reads what an authorizer answered, and refuses what API Gateway would not understand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.gateway.config import Api, AuthorizerConfig, Flavour, Refusal
from local.gateway.policy import Policy, PolicyError


class RefusedError(Exception):
    """The request goes no further."""

    def __init__(self, refusal: Refusal, context: Mapping[str, Any] | None = None) -> None:
        """
        Args:
            refusal: what the caller is told.
            context: the authorizer's, if it answered: gateway responses may quote it.
        """
        super().__init__(refusal.value)
        self.refusal = refusal
        self.context: Mapping[str, Any] = context or {}


@dataclass(frozen=True, slots=True)
class AuthorizerAnswer:
    """A policy, or the yes or no of a simple response; and the context for the backend."""

    policy: Policy | None
    is_authorized: bool = False
    principal: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)

    def allows(self, arn: str, now: float) -> bool:
        """Whether the method may be called at ``now`` (seconds since the epoch)."""
        return self.is_authorized if self.policy is None else self.policy.allows(arn, now)


def ask_authorizer(config: AuthorizerConfig, api: Api, event: dict[str, Any]) -> AuthorizerAnswer:
    """Call the function and read its answer.

    Raises:
        RefusedError: UNAUTHORIZED, AUTHORIZER_FAILURE or AUTHORIZER_CONFIGURATION_ERROR.
    """
    try:
        # Through JSON and back, as between two machines.
        answer = json.loads(json.dumps(config.invoke(json.loads(json.dumps(event)))))
    except Exception as error:
        # A REST API takes this one error text for a refusal; an HTTP API takes none.
        is_refusal = api.flavour is Flavour.REST and str(error) == "Unauthorized"
        kind = Refusal.UNAUTHORIZED if is_refusal else Refusal.AUTHORIZER_FAILURE
        raise RefusedError(kind) from error
    if not isinstance(answer, dict):
        raise RefusedError(Refusal.AUTHORIZER_CONFIGURATION_ERROR)
    if api.flavour is Flavour.HTTP and answer == {"errorMessage": "Unauthorized"}:
        raise RefusedError(Refusal.UNAUTHORIZED)
    if config.has_simple_responses:
        return _simple(answer)
    return _with_policy(answer)


def _simple(answer: dict[str, Any]) -> AuthorizerAnswer:
    if not isinstance(answer.get("isAuthorized"), bool):
        raise RefusedError(Refusal.AUTHORIZER_CONFIGURATION_ERROR)
    return AuthorizerAnswer(None, answer["isAuthorized"], context=_context(answer))


def _with_policy(answer: dict[str, Any]) -> AuthorizerAnswer:
    principal = answer.get("principalId")
    if not isinstance(principal, str):
        raise RefusedError(Refusal.AUTHORIZER_CONFIGURATION_ERROR)
    try:
        policy = Policy.parse(answer.get("policyDocument"))
    except PolicyError as error:
        raise RefusedError(Refusal.AUTHORIZER_CONFIGURATION_ERROR) from error
    return AuthorizerAnswer(policy, principal=principal, context=_context(answer))


def _context(answer: dict[str, Any]) -> dict[str, Any]:
    context = answer.get("context", {})
    if not isinstance(context, dict) or not all(
        isinstance(value, str | int | float | bool) for value in context.values()
    ):
        raise RefusedError(Refusal.AUTHORIZER_CONFIGURATION_ERROR)
    return context
