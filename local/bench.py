"""What the story needs of a stack: users, devices, an operator, an API, a ledger and a clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

LAPTOP, PHONE, TABLET = "laptop", "phone", "tablet"
GRANTED = "granted"
#: The gateway answered without asking the authorizer.
NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """How the product is deployed, with its ledger.

    The TTLs say how long an answer may live at the gateway, a row in a sandbox's memory, and a
    verdict in the ledger. Without a ``session_limit`` the hook leaves one session per user; with
    one there is no hook, and the ledger's roster evicts the oldest.
    """

    verdict_ttl_seconds: int = 0
    memory_ttl_seconds: int = 0
    gateway_ttl_seconds: int = 0
    sandboxes: int = 1
    session_limit: int | None = None
    is_explaining: bool = False
    """Whether a displaced session is told why (``DISPLACED_ANSWER=explain``)."""
    takes_id_tokens: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """What a device holds after a sign-in or a refresh."""

    device: str
    access: str
    identity: str
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
    """A stack with users, three devices, an administrator, an operator and a clock."""

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

    def call(self, path: str, token: str) -> Outcome:
        """``GET path`` at the API.

        The reason is :data:`GRANTED`, the one that the authorizer logged, or :data:`NOT_ASKED`.
        """
        ...

    def check_plainly(self, token: str) -> Outcome:
        """What API Gateway's own authorizers would say: :mod:`local.plain_jwt`."""
        ...

    def call_and_read(self, path: str, token: str) -> Outcome:
        """``GET path`` at the API; the reason is what the answer's body says to the caller."""
        ...

    def call_each(self, path: str, token: str) -> Sequence[Outcome]:
        """``GET path`` once by each sandbox, in their order."""
        ...

    def call_at_once(self, path: str, token: str, times: int) -> Counter[int]:
        """``GET path`` so many times in parallel; how many calls got each status."""
        ...

    def session_checks(self) -> int:
        """How many GetUser calls have arrived at Cognito so far."""
        ...

    def end_sessions(self, user: str) -> None:
        """As an operator of the ledger: whoever signed in as this user before now."""
        ...

    def end_everyone(self) -> None:
        """As an operator of the ledger: whoever signed in before now."""
        ...

    def tighten_verdicts(self, ttl_seconds: int) -> None:
        """As an operator of the ledger: let verdicts live that long at most."""
        ...

    def deliver_events(self, *, times: int = 1) -> None:
        """Bring the feed what CloudTrail wrote down since the last time, so many times over."""
        ...

    def break_ledger(self, *, is_on: bool) -> None:
        """Have the ledger answer every request with an error, or no longer."""
        ...


OpenBench = Callable[[Deployment], AbstractContextManager[Bench]]
