"""The hook's settings: read once from the environment, frozen, safe by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from environment import EnvironmentReader

#: Cognito waits five seconds for a trigger, and may then call it again.
#: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
TRIGGER_LIMIT_MS = 5000

#: What a cold start and the answer's way back may take out of Cognito's five seconds.
_RESERVE_MS = 1500


class FailureRule(StrEnum):
    """What becomes of a sign-in whose older sessions could not be ended."""

    REFUSE = "refuse"
    """The sign-in fails. The default: an attacker who can cause failures gains nothing."""
    ADMIT = "admit"
    """Unsafe: the sign-in succeeds and the older sessions live on. Counted."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the hook can be told."""

    deployment: str
    exempt_client_ids: frozenset[str]
    exempt_groups: frozenset[str]
    failure_rule: FailureRule
    connect_timeout_ms: int
    read_timeout_ms: int
    max_attempts: int
    ledger_table: str
    ledger_timeout_ms: int
    mark_margin_seconds: int
    local_endpoint: str | None

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check every variable.

        Raises:
            environment.SettingsError: with every problem, each by its variable's name.
        """
        read = EnvironmentReader(environ)
        settings = cls(
            deployment=read.label("DEPLOYMENT_NAME", default="default"),
            exempt_client_ids=read.names("EXEMPT_CLIENT_IDS"),
            exempt_groups=read.names("EXEMPT_GROUPS"),
            failure_rule=read.choice("FAILURE_RULE", FailureRule, default=FailureRule.REFUSE),
            connect_timeout_ms=read.integer(
                "CONNECT_TIMEOUT_MS", default=300, minimum=50, maximum=2000
            ),
            read_timeout_ms=read.integer("READ_TIMEOUT_MS", default=700, minimum=50, maximum=3000),
            max_attempts=read.integer("MAX_ATTEMPTS", default=2, minimum=1, maximum=3),
            ledger_table=read.text("LEDGER_TABLE"),
            ledger_timeout_ms=read.integer(
                "LEDGER_TIMEOUT_MS", default=250, minimum=50, maximum=1000
            ),
            # Clocks a few seconds apart, and a call that Cognito makes again after five seconds
            # while the first is still under way: see docs/decisions/0006-the-hooks-mark.md.
            mark_margin_seconds=read.integer(
                "MARK_MARGIN_SECONDS", default=15, minimum=10, maximum=300
            ),
            local_endpoint=read.loopback_url("LOCAL_ENDPOINT"),
        )
        if settings.longest_ms > TRIGGER_LIMIT_MS - _RESERVE_MS:
            read.problem(
                "MAX_ATTEMPTS",
                "with CONNECT_TIMEOUT_MS, READ_TIMEOUT_MS and the pauses takes up to"
                f" {settings.longest_ms} ms of Cognito's {TRIGGER_LIMIT_MS}: stay within"
                f" {TRIGGER_LIMIT_MS - _RESERVE_MS}",
            )
        read.finish()
        return settings

    @property
    def longest_ms(self) -> int:
        """How long signing out and marking may take at worst."""
        # The mark is two writes within one time-out each way.
        mark_ms = 2 * self.ledger_timeout_ms if self.ledger_table else 0
        return self.sign_out_ms + mark_ms

    @property
    def sign_out_ms(self) -> int:
        """How long signing out may take: all attempts, and the pauses between them.

        Before the n-th retry the pause is up to ``2 ** (n - 1)`` seconds.
        """
        pauses_ms = 1000 * ((1 << self.max_attempts - 1) - 1)
        return self.max_attempts * (self.connect_timeout_ms + self.read_timeout_ms) + pauses_ms

    @property
    def unsafe_choices(self) -> tuple[str, ...]:
        """Names of the settings that were deliberately set to something unsafe."""
        chosen = {
            "FAILURE_RULE=admit": self.failure_rule is FailureRule.ADMIT,
            "EXEMPT_CLIENT_IDS": bool(self.exempt_client_ids),
            "EXEMPT_GROUPS": bool(self.exempt_groups),
            "LOCAL_ENDPOINT": self.local_endpoint is not None,
        }
        return tuple(name for name, is_chosen in chosen.items() if is_chosen)
