"""What the receivers of pushed logouts are told, typed, and the environments that say it."""

from __future__ import annotations

from dataclasses import dataclass

from receivers.settings import Settings
from receivers.transmitters import Kind

#: Stand for what may be known to the deployment only, while the rest is checked.
_PLACEHOLDER_POOL = "eu-west-1_placeholder"
_PLACEHOLDER_URL = "https://api.example.com/global-token-revocation"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiverOptions:
    """Who may push what, as JSON lists of transmitters; an empty list is no receiver.

    ``docs/receivers.md`` says what a transmitter states.
    """

    backchannel_logout: str = "[]"
    security_events: str = "[]"
    global_revocation: str = "[]"
    global_revocation_url: str = ""
    """What callers name in ``aud``; the route's own address if it is empty."""

    def transmitters(self, kind: Kind) -> str:
        """Who may send messages of this kind."""
        return {
            Kind.BACKCHANNEL_LOGOUT: self.backchannel_logout,
            Kind.SECURITY_EVENTS: self.security_events,
            Kind.GLOBAL_REVOCATION: self.global_revocation,
        }[kind]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The receivers that are wanted."""
        return tuple(kind for kind in Kind if self.transmitters(kind) != "[]")

    def environment(
        self, kind: Kind, *, user_pool_id: str, ledger_table: str, endpoint_url: str
    ) -> dict[str, str]:
        """One function's variables."""
        return {
            "TRANSMITTERS": self.transmitters(kind),
            "USER_POOL_ID": user_pool_id,
            "LEDGER_TABLE": ledger_table,
            "ENDPOINT_URL": endpoint_url if kind is Kind.GLOBAL_REVOCATION else "",
        }

    def check(self, kind: Kind) -> Settings:
        """What one receiver will read at its start, with stand-ins for pool, table and address.

        Raises:
            environment.SettingsError: with every problem, by the variable's name.
        """
        environ = self.environment(
            kind,
            user_pool_id=_PLACEHOLDER_POOL,
            ledger_table="table",
            endpoint_url=self.global_revocation_url or _PLACEHOLDER_URL,
        )
        return Settings.from_env(environ, kind)
