"""What the story needs of a stack: users, devices, an administrator, an API and a clock."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

LAPTOP, PHONE = "laptop", "phone"
GRANTED = "granted"
#: The gateway answered without asking the authorizer.
NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Delays:
    """How long an answer may live before the authorizer, and Cognito, are asked again."""

    verdict_ttl_seconds: int = 0
    gateway_ttl_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """What a device holds after a sign-in or a refresh."""

    device: str
    access: str
    refresh: str
    expires_in_seconds: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """An HTTP status and the reason for it: the authorizer's, or Cognito's."""

    status: int
    reason: str


class RefusedByCognitoError(Exception):
    """Cognito refused an operation; ``outcome`` says how."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


class Bench(Protocol):
    """A stack with users, two devices, an administrator and a clock."""

    def new_user(self) -> str:
        """A user who can sign in; his name."""
        ...

    def sign_in(self, user: str, device: str) -> Grant:
        """Sign in with the password. Raises RefusedByCognitoError."""
        ...

    def sign_in_to_admin(self, user: str, device: str) -> Grant:
        """Sign in by managed login, asking for the scope that ``/admin`` needs."""
        ...

    def sign_in_elsewhere(self) -> Grant:
        """Sign in to another pool of the same Region."""
        ...

    def refresh(self, grant: Grant) -> Grant:
        """Use the refresh token. Raises RefusedByCognitoError."""
        ...

    def revoke(self, grant: Grant) -> None:
        """Revoke the refresh token."""
        ...

    def sign_out_everywhere(self, user: str) -> None:
        """As an administrator."""
        ...

    def disable(self, user: str) -> None:
        """As an administrator."""
        ...

    def delete(self, user: str) -> None:
        """As an administrator."""
        ...

    def throttle(self, *, is_on: bool) -> None:
        """Have Cognito answer session checks with TooManyRequestsException, or no longer."""
        ...

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        ...

    def call(self, path: str, access_token: str) -> Outcome:
        """``GET path`` at the API.

        The reason is :data:`GRANTED`, the one that the authorizer logged, or :data:`NOT_ASKED`.
        """
        ...


OpenBench = Callable[[Delays], AbstractContextManager[Bench]]
