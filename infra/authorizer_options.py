"""What the authorizer's function is told, typed, and the environment that says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from authorizer.choices import (
    Enforcement,
    HttpApiResponse,
    OutageRule,
    TokenPlace,
    TokenUse,
    UncheckedSessionRule,
)
from authorizer.settings import Settings
from infra.revocation_delay import RevocationDelay, unbounding_choices

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
    max_revocation_delay_seconds: int = 60
    accept_unbounded_revocation_delay: bool = False

    def environment(
        self,
        *,
        issuers: Sequence[str],
        client_ids: Sequence[str],
        gateway_ttl_seconds: str,
        http_api_response: HttpApiResponse = HttpApiResponse.IAM,
    ) -> dict[str, str]:
        """The function's variables; ``gateway_ttl_seconds`` is text, for it may be a CDK token."""
        return {
            "ISSUERS": ",".join(issuers),
            "CLIENT_IDS": ",".join(client_ids),
            "MACHINE_CLIENT_IDS": ",".join(self.machine_client_ids),
            "AUDIENCES": ",".join(self.audiences),
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

    def check(self, *, client_ids: Sequence[str], gateway_ttl_seconds: int = 0) -> Settings:
        """What the authorizer will read at its start, with a stand-in for the issuer.

        Args:
            client_ids: as they are, or any name for one that only the deployment knows.

        Raises:
            environment.SettingsError: with every problem, by the variable's name.
        """
        return Settings.from_env(
            self.environment(
                issuers=_PLACEHOLDER_ISSUERS,
                client_ids=client_ids,
                gateway_ttl_seconds=str(gateway_ttl_seconds),
            )
        )

    def revocation_delay(self, authorizer: str, gateway_ttl_seconds: int) -> RevocationDelay:
        """The worst case behind a gateway that caches answers for ``gateway_ttl_seconds``."""
        return RevocationDelay(
            authorizer=authorizer,
            gateway_ttl_seconds=gateway_ttl_seconds,
            verdict_ttl_seconds=self.verdict_ttl_seconds,
            stale_grace_seconds=self.stale_grace_seconds,
            unbounded_by=unbounding_choices(self.outage_rule, self.enforcement),
        )

    def warnings(self) -> dict[str, str]:
        """What was chosen and is weaker than it could be: a sentence by the setting's name."""
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
            )
        if self.machine_client_ids:
            sentences["machineClientIds"] = (
                " lets in tokens that live until they expire: Cognito checks no revocation of them"
            )
        if TokenUse.ID in self.token_uses:
            sentences["tokenUses"] = " with id accepts tokens that Cognito cannot judge"
        if self.token_source.startswith(TokenPlace.QUERY):
            sentences["tokenSource"] = "=query puts tokens where logs and histories keep them"
        return {name: f"{name}{what}" for name, what in sentences.items()}
