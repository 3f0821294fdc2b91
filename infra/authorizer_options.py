"""What the authorizer's function is told, typed, and the environment that says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from authorizer.choices import (
    DisplacedAnswer,
    Enforcement,
    HttpApiResponse,
    LedgerOutageRule,
    OutageRule,
    TokenPlace,
    TokenUse,
    UncheckedSessionRule,
)
from authorizer.settings import Settings
from infra.revocation_delay import (
    AuthorizerDelays,
    known_to_cognito,
    pushed,
    unbounding_choices,
    unbounding_choices_for_marks,
)
from infra.session_options import UNLIMITED
from ledger.roster import Limit

#: Where the bundle puts ``bundled_jwks_file``, and where Lambda unpacks the bundle.
JWKS_FILE_NAME = "jwks.json"
_UNPACKED_AT = "/var/task"

#: Stands for the pool, whose id may be known to the deployment only, while the rest is checked.
_PLACEHOLDER_ISSUERS = ("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_placeholder",)


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorizerOptions:
    """The authorizer's settings, with the same defaults as the authorizer's own.

    ``docs/settings.md`` says what each one means. Which values are allowed is the authorizer's
    business: :meth:`check` asks it.
    """

    verdict_ttl_seconds: int = 15
    outage_rule: OutageRule = OutageRule.REFUSE
    stale_grace_seconds: int = 0
    unchecked_session_rule: UncheckedSessionRule = UncheckedSessionRule.REFUSE
    enforcement: Enforcement = Enforcement.ENFORCE
    token_uses: tuple[TokenUse, ...] = (TokenUse.ACCESS,)
    token_source: str = "authorization"
    route_rules: str = "{}"
    userinfo_url: str = ""
    bundled_jwks_file: str = ""
    machine_client_ids: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    oidc_issuers: str = "[]"
    token_memory_max_entries: int = 2000
    max_revocation_delay_seconds: int = 60
    accept_unbounded_revocation_delay: bool = False
    # What follows is of use with a ledger only.
    memory_ttl_seconds: int = 5
    ledger_outage_rule: LedgerOutageRule = LedgerOutageRule.GETUSER
    displaced_answer: DisplacedAnswer = DisplacedAnswer.UNAUTHORIZED
    roster: Limit = UNLIMITED

    @property
    def bundled_files(self) -> dict[str, Path] | None:
        """Further files in the zip, by name."""
        return {JWKS_FILE_NAME: Path(self.bundled_jwks_file)} if self.bundled_jwks_file else None

    def environment(
        self,
        *,
        issuers: Sequence[str],
        client_ids: Sequence[str],
        gateway_ttl_seconds: str,
        http_api_response: HttpApiResponse = HttpApiResponse.IAM,
        ledger_table: str = "",
    ) -> dict[str, str]:
        """The function's variables; ``gateway_ttl_seconds`` is text, for it may be a CDK token.

        Raises:
            ValueError: when sessions are to be limited and there is no ledger to count them in.
        """
        if self.roster != UNLIMITED and not ledger_table:
            raise ValueError("roster needs a ledger: without one nobody counts sessions")
        ledger = self._ledger_environment(ledger_table) if ledger_table else {}
        return ledger | {
            "ISSUERS": ",".join(issuers),
            "CLIENT_IDS": ",".join(client_ids),
            "MACHINE_CLIENT_IDS": ",".join(self.machine_client_ids),
            "AUDIENCES": ",".join(self.audiences),
            "OIDC_ISSUERS": "" if self.oidc_issuers == "[]" else self.oidc_issuers,
            "TOKEN_MEMORY_MAX_ENTRIES": str(self.token_memory_max_entries),
            "TOKEN_USES": ",".join(self.token_uses),
            "TOKEN_SOURCE": self.token_source,
            "GATEWAY_TTL_SECONDS": gateway_ttl_seconds,
            "VERDICT_TTL_SECONDS": str(self.verdict_ttl_seconds),
            "OUTAGE_RULE": self.outage_rule.value,
            "STALE_GRACE_SECONDS": str(self.stale_grace_seconds),
            "UNCHECKED_SESSION_RULE": self.unchecked_session_rule.value,
            "ENFORCEMENT": self.enforcement.value,
            "ROUTE_RULES": self.route_rules,
            "HTTP_API_RESPONSE": http_api_response.value,
            "USERINFO_URL": self.userinfo_url,
            "JWKS_FILE": f"{_UNPACKED_AT}/{JWKS_FILE_NAME}" if self.bundled_jwks_file else "",
        }

    def _ledger_environment(self, table: str) -> dict[str, str]:
        return {
            "LEDGER_TABLE": table,
            "MEMORY_TTL_SECONDS": str(self.memory_ttl_seconds),
            "LEDGER_OUTAGE_RULE": self.ledger_outage_rule.value,
            "SESSION_POLICY": self.roster.policy.value,
            "SESSION_LIMIT": str(self.roster.sessions),
            "SESSION_IDLE_SECONDS": str(self.roster.idle_seconds),
            "DISPLACED_ANSWER": self.displaced_answer.value,
        }

    def check(
        self,
        *,
        client_ids: Sequence[str],
        gateway_ttl_seconds: int = 0,
        has_ledger: bool = False,
    ) -> Settings:
        """What the authorizer will read at its start, with stand-ins for issuer and table.

        Args:
            client_ids: as they are, or any name for one that only the deployment knows.
            has_ledger: whether it is given one.

        Raises:
            environment.SettingsError: with every problem, by the variable's name.
        """
        return Settings.from_env(
            self.environment(
                issuers=_PLACEHOLDER_ISSUERS,
                client_ids=client_ids,
                gateway_ttl_seconds=str(gateway_ttl_seconds),
                ledger_table="table" if has_ledger else "",
            )
            # Lambda sets it, and it is asked for with a ledger only.
            | {"AWS_REGION": "eu-west-1"}
        )

    def revocation_delays(
        self, authorizer: str, gateway_ttl_seconds: int, *, has_ledger: bool
    ) -> AuthorizerDelays:
        """The worst cases behind a gateway that caches answers for ``gateway_ttl_seconds``."""
        mark = pushed(
            authorizer,
            gateway_ttl_seconds=gateway_ttl_seconds,
            memory_ttl_seconds=self.memory_ttl_seconds,
            ledger_outage_rule=self.ledger_outage_rule,
            unbounded_by=unbounding_choices_for_marks(self.enforcement),
        )
        return AuthorizerDelays(
            gateway_ttl_seconds,
            known_to_cognito(
                authorizer,
                gateway_ttl_seconds=gateway_ttl_seconds,
                memory_ttl_seconds=self.memory_ttl_seconds if has_ledger else None,
                verdict_ttl_seconds=self.verdict_ttl_seconds,
                stale_grace_seconds=self.stale_grace_seconds,
                unbounded_by=unbounding_choices(self.outage_rule, self.enforcement),
            ),
            mark if has_ledger else None,
        )

    def warnings(self, *, has_ledger: bool) -> dict[str, str]:
        """What was chosen and is weaker than it could be: a sentence by the setting's name."""
        unless_marked = " unless a mark in the ledger ends them" if has_ledger else ""
        outage_rules = {
            OutageRule.STALE: "serves old verdicts while Cognito cannot be asked",
            OutageRule.ALLOW: "lets every verified token in while Cognito cannot be asked",
        }
        sentences = {}
        if self.outage_rule in outage_rules:
            sentences["outageRule"] = f"={self.outage_rule} {outage_rules[self.outage_rule]}"
        if self.enforcement is Enforcement.SHADOW:
            sentences["enforcement"] = "=shadow refuses nobody for revocation"
        if self.unchecked_session_rule is UncheckedSessionRule.ALLOW:
            sentences["uncheckedSessionRule"] = (
                "=allow lets tokens that Cognito cannot judge live until they expire"
                f"{unless_marked}"
            )
        if self.machine_client_ids:
            sentences["machineClientIds"] = (
                f" lets in tokens that live until they expire{unless_marked}: Cognito checks no"
                " revocation of them"
            )
        if TokenUse.ID in self.token_uses:
            sentences["tokenUses"] = " with id accepts tokens that Cognito cannot judge" + (
                ", only marks in the ledger" if has_ledger else ""
            )
        if self.token_source.startswith(TokenPlace.QUERY):
            sentences["tokenSource"] = "=query puts tokens where logs and histories keep them"
        return {name: f"{name}{what}" for name, what in sentences.items()}
