"""What the single-session hook's function is told, typed, and the environment that says it."""

from __future__ import annotations

from dataclasses import dataclass

from pre_token_hook.settings import FailureRule, Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class HookOptions:
    """The hook's settings, with the same defaults as the hook's own."""

    sign_out_failure_rule: FailureRule = FailureRule.REFUSE
    exempt_client_ids: tuple[str, ...] = ()
    exempt_groups: tuple[str, ...] = ()
    # Of use with a ledger only.
    mark_margin_seconds: int = 15

    def environment(self, *, ledger_table: str = "") -> dict[str, str]:
        """The function's variables.

        None may refer to the pool or to a client of it: the pool refers to the function, and
        CloudFormation creates nothing in a circle.
        """
        ledger = {
            "LEDGER_TABLE": ledger_table,
            "MARK_MARGIN_SECONDS": str(self.mark_margin_seconds),
        }
        return (ledger if ledger_table else {}) | {
            "FAILURE_RULE": self.sign_out_failure_rule.value,
            "EXEMPT_CLIENT_IDS": ",".join(self.exempt_client_ids),
            "EXEMPT_GROUPS": ",".join(self.exempt_groups),
        }

    def check(self, *, has_ledger: bool = False) -> Settings:
        """What the hook will read at its start, with a stand-in for the table.

        Raises:
            environment.SettingsError: with every problem, by the variable's name.
        """
        return Settings.from_env(self.environment(ledger_table="table" if has_ledger else ""))

    def warnings(self) -> list[str]:
        """Sentences about what was chosen and is weaker than it could be."""
        if self.sign_out_failure_rule is FailureRule.ADMIT:
            return ["signOutFailureRule=admit lets a sign-in succeed whose older sessions live on"]
        return []
