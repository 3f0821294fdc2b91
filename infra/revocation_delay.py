"""How long a revoked session can still be let in: declared, added up, and held to a maximum.

A verdict may be as old as its TTL when the gateway is given it, older by the stale grace while
Cognito cannot be asked, and the gateway may then repeat the answer for its own TTL. The three
add up, because each cache may be filled from the last moment of the one behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from authorizer.choices import Enforcement, OutageRule

UNBOUNDED = "unbounded"


@dataclass(frozen=True, slots=True)
class RevocationDelay:
    """The worst case of one authorizer that was handed out, in seconds.

    ``unbounded_by`` names the settings under which no sum holds: a revoked token then lives
    until it expires.
    """

    authorizer: str
    gateway_ttl_seconds: int
    verdict_ttl_seconds: int
    stale_grace_seconds: int
    unbounded_by: tuple[str, ...] = ()

    @property
    def total_seconds(self) -> int:
        """The sum, which is the worst case unless something unbounds it."""
        return self.gateway_ttl_seconds + self.verdict_ttl_seconds + self.stale_grace_seconds

    @property
    def declared(self) -> str:
        """The worst case as a stack output says it: seconds in digits, or ``unbounded``."""
        return UNBOUNDED if self.unbounded_by else str(self.total_seconds)

    @property
    def sum_text(self) -> str:
        """The sum with its parts."""
        return (
            f"gateway TTL {self.gateway_ttl_seconds} s + verdict TTL {self.verdict_ttl_seconds} s"
            f" + stale grace {self.stale_grace_seconds} s = {self.total_seconds} s"
        )

    def sentence(self) -> str:
        """What an operator is told."""
        if self.unbounded_by:
            return (
                f"{self.authorizer}: a revoked session may be let in until its token expires,"
                f" because of {' and '.join(self.unbounded_by)}"
            )
        return f"{self.authorizer}: a revoked session is refused after at most {self.sum_text}"

    def problem(self, maximum_seconds: int, *, accept_unbounded: bool) -> str | None:
        """Why this delay must not be deployed; None if it may."""
        if self.unbounded_by and not accept_unbounded:
            return (
                f"{self.sentence()}; choose otherwise, or set acceptUnboundedRevocationDelay to"
                " true"
            )
        if self.total_seconds > maximum_seconds:
            return (
                f"{self.authorizer}: a revoked session is refused only after {self.sum_text},"
                f" which is above maxRevocationDelaySeconds, {maximum_seconds} s"
            )
        return None


def unbounding_choices(outage_rule: OutageRule, enforcement: Enforcement) -> tuple[str, ...]:
    """The settings under which a revoked session may be let in for as long as its token lasts."""
    chosen = {
        "outageRule=allow": outage_rule is OutageRule.ALLOW,
        "enforcement=shadow": enforcement is Enforcement.SHADOW,
    }
    return tuple(name for name, is_chosen in chosen.items() if is_chosen)
