"""Cognito's Pre Token Generation event: who signs in, by which client, and whether it is a sign-in.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Somebody proved who they are: a session is being made.
SIGN_IN_SOURCES = frozenset(
    {
        "TokenGeneration_HostedAuth",
        "TokenGeneration_Authentication",
        "TokenGeneration_NewPasswordChallenge",
        "TokenGeneration_AuthenticateDevice",
    }
)

#: No session is made: tokens are renewed, or a machine gets its own. Signing out here would end
#: the very session that is being refreshed.
OTHER_SOURCES = frozenset({"TokenGeneration_RefreshTokens", "TokenGeneration_ClientCredentials"})


class TriggerEventError(Exception):
    """The event is not one of Cognito's Pre Token Generation events."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What the hook needs to know of an event, whichever its version (V1_0, V2_0, V3_0)."""

    source: str
    user_pool_id: str
    username: str
    subject: str
    client_id: str
    groups: frozenset[str]

    @property
    def is_sign_in(self) -> bool:
        """Whether a session is being made. A source that AWS adds later is not taken for one."""
        return self.source in SIGN_IN_SOURCES

    @property
    def is_known(self) -> bool:
        """Whether the source is documented."""
        return self.source in SIGN_IN_SOURCES | OTHER_SOURCES


def read_trigger(event: Any) -> Trigger:
    """Read an event.

    Raises:
        TriggerEventError: if it is none, or says too little to act on.
    """
    if not isinstance(event, dict):
        raise TriggerEventError
    source = event.get("triggerSource")
    if not isinstance(source, str) or not source.startswith("TokenGeneration_"):
        raise TriggerEventError
    trigger = Trigger(
        source=source,
        user_pool_id=_text(event, "userPoolId"),
        username=_text(event, "userName"),
        subject=_text(_members(_members(event, "request"), "userAttributes"), "sub"),
        client_id=_text(_members(event, "callerContext"), "clientId"),
        groups=_groups(event),
    )
    if trigger.is_sign_in and not (trigger.user_pool_id and trigger.username):
        raise TriggerEventError
    return trigger


def _groups(event: Mapping[str, Any]) -> frozenset[str]:
    groups = _members(_members(event, "request"), "groupConfiguration").get("groupsToOverride")
    if not isinstance(groups, list):
        return frozenset()
    return frozenset(group for group in groups if isinstance(group, str))


def _members(container: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = container.get(name)
    return value if isinstance(value, dict) else {}


def _text(container: Mapping[str, Any], name: str) -> str:
    value = container.get(name)
    return value if isinstance(value, str) else ""
