"""The feed's settings: read once from the environment, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from environment import EnvironmentReader


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the feed can be told."""

    deployment: str
    user_pool_id: str
    ledger_table: str
    hook_role_arn: str
    write_timeout_ms: int
    local_endpoint: str | None

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check every variable.

        Raises:
            environment.SettingsError: with every problem, each by its variable's name.
        """
        read = EnvironmentReader(environ)
        user_pool_id = read.user_pool_id("USER_POOL_ID")
        ledger_table = read.text("LEDGER_TABLE")
        if not ledger_table:
            read.problem("LEDGER_TABLE", "must name the ledger's table")
        settings = cls(
            deployment=read.label("DEPLOYMENT_NAME", default="default"),
            user_pool_id=user_pool_id,
            ledger_table=ledger_table,
            hook_role_arn=read.text("HOOK_ROLE_ARN"),
            write_timeout_ms=read.integer(
                "WRITE_TIMEOUT_MS", default=3000, minimum=100, maximum=10_000
            ),
            local_endpoint=read.loopback_url("LOCAL_ENDPOINT"),
        )
        read.finish()
        return settings
