"""How long a revoked session can still be let in: declared, added up, and held to a maximum.

There are two ways by which a revocation is known, and each has a worst case of its own:

* What **Cognito alone** knows. A verdict may be as old as its TTL when the gateway is given it,
  older by the stale grace while Cognito cannot be asked, and the gateway may then repeat the
  answer for its own TTL. With a ledger, a sandbox may have remembered the shared verdict for the
  memory TTL on top.
* What was **pushed into the ledger** as a mark. A sandbox may remember the rows it read before
  for the memory TTL, and the gateway may repeat the answer for its own.

The parts add up, because each cache may be filled from the last moment of the one behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from authorizer.choices import Enforcement, LedgerOutageRule, OutageRule

UNBOUNDED = "unbounded"


@dataclass(frozen=True, slots=True)
class RevocationDelay:
    """One worst case of one authorizer that was handed out, in seconds.

    Args:
        authorizer: whose it is.
        session: which sessions it is about, in words.
        parts: what adds up, by its name.
        unbounded_by: the settings under which no sum holds: a revoked token then lives until it
            expires.
        condition: when the sum holds, in words; always, if this is empty.
    """

    authorizer: str
    session: str
    parts: tuple[tuple[str, int], ...]
    unbounded_by: tuple[str, ...] = ()
    condition: str = ""

    @property
    def total_seconds(self) -> int:
        """The sum, which is the worst case unless something unbounds it."""
        return sum(seconds for _, seconds in self.parts)

    @property
    def declared(self) -> str:
        """The worst case as a stack output says it: seconds in digits, or ``unbounded``."""
        return UNBOUNDED if self.unbounded_by else str(self.total_seconds)

    @property
    def sum_text(self) -> str:
        """The sum with its parts."""
        return (
            " + ".join(f"{name} {seconds} s" for name, seconds in self.parts)
            + f" = {self.total_seconds} s"
        )

    def sentence(self) -> str:
        """What an operator is told."""
        if self.unbounded_by:
            return (
                f"{self.authorizer}: {self.session} may be let in until its token expires,"
                f" because of {' and '.join(self.unbounded_by)}"
            )
        condition = f", {self.condition}" if self.condition else ""
        return (
            f"{self.authorizer}: {self.session} is refused after at most {self.sum_text}{condition}"
        )

    def problem(self, maximum_seconds: int, *, accept_unbounded: bool) -> str | None:
        """Why this delay must not be deployed; None if it may."""
        if self.unbounded_by and not accept_unbounded:
            return (
                f"{self.sentence()}; choose otherwise, or set acceptUnboundedRevocationDelay to"
                " true"
            )
        if self.total_seconds > maximum_seconds:
            return (
                f"{self.authorizer}: {self.session} is refused only after {self.sum_text},"
                f" which is above maxRevocationDelaySeconds, {maximum_seconds} s"
            )
        return None


@dataclass(frozen=True, slots=True)
class AuthorizerDelays:
    """Both worst cases of one authorizer; ``pushed`` is None without a ledger."""

    gateway_ttl_seconds: int
    known_to_cognito: RevocationDelay
    pushed: RevocationDelay | None

    @property
    def all(self) -> tuple[RevocationDelay, ...]:
        """Those that there are."""
        pushed = () if self.pushed is None else (self.pushed,)
        return (self.known_to_cognito, *pushed)


def known_to_cognito(
    authorizer: str,
    *,
    gateway_ttl_seconds: int,
    memory_ttl_seconds: int | None,
    verdict_ttl_seconds: int,
    stale_grace_seconds: int,
    unbounded_by: tuple[str, ...] = (),
) -> RevocationDelay:
    """The worst case for what Cognito alone knows; the memory TTL is None without a ledger."""
    memory = () if memory_ttl_seconds is None else (("memory TTL", memory_ttl_seconds),)
    return RevocationDelay(
        authorizer,
        "a revoked session",
        (
            ("gateway TTL", gateway_ttl_seconds),
            *memory,
            ("verdict TTL", verdict_ttl_seconds),
            ("stale grace", stale_grace_seconds),
        ),
        unbounded_by,
    )


def pushed(
    authorizer: str,
    *,
    gateway_ttl_seconds: int,
    memory_ttl_seconds: int,
    ledger_outage_rule: LedgerOutageRule,
    unbounded_by: tuple[str, ...] = (),
) -> RevocationDelay:
    """The worst case for a mark in the ledger, from when it is written."""
    is_unseen = ledger_outage_rule is LedgerOutageRule.GETUSER
    return RevocationDelay(
        authorizer,
        "a session that a mark in the ledger ends",
        (("gateway TTL", gateway_ttl_seconds), ("memory TTL", memory_ttl_seconds)),
        unbounded_by,
        "while the ledger answers" if is_unseen else "",
    )


def unbounding_choices(outage_rule: OutageRule, enforcement: Enforcement) -> tuple[str, ...]:
    """The settings under which a session that Cognito has ended may live as long as its token."""
    chosen = {
        "outageRule=allow": outage_rule is OutageRule.ALLOW,
        "enforcement=shadow": enforcement is Enforcement.SHADOW,
    }
    return tuple(name for name, is_chosen in chosen.items() if is_chosen)


def unbounding_choices_for_marks(enforcement: Enforcement) -> tuple[str, ...]:
    """The same for a mark, which counts whether or not Cognito can be asked."""
    return ("enforcement=shadow",) if enforcement is Enforcement.SHADOW else ()
