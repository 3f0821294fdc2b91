"""What the sign-out endpoint's function is told, typed, and the environment that says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sign_out.settings import LinkedSessions, Settings

#: Stands for the pool, whose id may be known to the deployment only, while the rest is checked.
_PLACEHOLDER_POOL = "eu-west-1_placeholder"


@dataclass(frozen=True, kw_only=True, slots=True)
class SignOutOptions:
    """The endpoint's settings, with the same defaults as its own; ``docs/settings.md`` has them."""

    logout_endpoint: str = ""
    return_addresses: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    access_token_cookie: str = ""
    refresh_token_cookie: str = ""
    cleared_cookies: tuple[str, ...] = ()
    cookie_domain: str = ""
    confidential_client_ids: tuple[str, ...] = ()
    linked_sessions: LinkedSessions = LinkedSessions.KEEP

    def environment(
        self,
        *,
        user_pool_id: str,
        client_ids: Sequence[str],
        ledger_table: str,
        oidc_issuers: str = "[]",
    ) -> dict[str, str]:
        """The function's variables."""
        return {
            "USER_POOL_ID": user_pool_id,
            "CLIENT_IDS": ",".join(client_ids),
            "CONFIDENTIAL_CLIENT_IDS": ",".join(self.confidential_client_ids),
            "LEDGER_TABLE": ledger_table,
            "LOGOUT_ENDPOINT": self.logout_endpoint,
            "RETURN_ADDRESSES": ",".join(self.return_addresses),
            "ALLOWED_ORIGINS": ",".join(self.allowed_origins),
            "ACCESS_TOKEN_COOKIE": self.access_token_cookie,
            "REFRESH_TOKEN_COOKIE": self.refresh_token_cookie,
            "CLEARED_COOKIES": ",".join(self.cleared_cookies),
            "COOKIE_DOMAIN": self.cookie_domain,
            "LINKED_SESSIONS": self.linked_sessions.value,
            "OIDC_ISSUERS": "" if oidc_issuers == "[]" else oidc_issuers,
        }

    def check(self, *, client_ids: Sequence[str], oidc_issuers: str = "[]") -> Settings:
        """What the endpoint will read at its start, with stand-ins for pool and table.

        Raises:
            environment.SettingsError: with every problem, by the variable's name.
        """
        return Settings.from_env(
            self.environment(
                user_pool_id=_PLACEHOLDER_POOL,
                client_ids=client_ids,
                ledger_table="table",
                oidc_issuers=oidc_issuers,
            )
        )
