"""The deployment's settings: read once from CDK context, frozen, safe by default.

They stand in ``cdk.json`` as one context object, ``authorizer``; ``-c environment=<stage>`` merges
a stage's own over it, and ``-c authorizer:<key>=<value>`` overrides a member.
``docs/settings.md`` has the table. :mod:`infra.context_options` reads the groups of options;
:mod:`infra.settings_checks` and :mod:`infra.environment_checks` look at the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra import context_options, environment_checks, settings_checks
from infra.authorizer_options import AuthorizerOptions
from infra.context_reader import ContextReader
from infra.function_options import FunctionOptions
from infra.hook_options import HookOptions
from infra.observability.options import ObservabilityOptions
from infra.pool_trigger import ExistingTriggerRule
from infra.receiver_options import ReceiverOptions
from infra.release_options import ReleaseOptions
from infra.session_options import UNLIMITED, SessionMode, SessionOptions
from infra.sign_out_options import SignOutOptions
from pool_trigger.trigger import TriggerRule


@dataclass(frozen=True, kw_only=True, slots=True)
class DeploymentSettings:
    """Everything the app can be told. Each field is a context key in snake case, and so are
    those of the eight groups of options.
    """

    stack_name: str
    existing_user_pool_id: str
    existing_trigger_rule: ExistingTriggerRule
    existing_pool_sms_role_arns: tuple[str, ...]
    existing_pool_key_arns: tuple[str, ...]
    user_pool_client_ids: tuple[str, ...]
    new_client_names: tuple[str, ...]
    gateway_ttl_seconds: int
    strict_gateway_ttl_seconds: int
    ledger: bool
    revocation_feed: bool
    sign_out: bool
    clients_with_refresh_token_rotation: tuple[str, ...]
    cors_allow_origin: str
    manage_api_gateway_log_role: bool
    observability: bool
    permissions_boundary_arn: str
    tags: tuple[tuple[str, str], ...]
    sessions: SessionOptions
    authorizer: AuthorizerOptions
    hook: HookOptions
    signing_out: SignOutOptions
    receiving: ReceiverOptions
    functions: FunctionOptions
    release: ReleaseOptions
    watching: ObservabilityOptions

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> DeploymentSettings:
        """Read and check every setting in CDK's context (``app.node.get_all_context()``).

        Raises:
            infra.context_reader.ContextError: with every problem, each by its context key.
        """
        read = ContextReader(context)
        existing_pool = read.text("existingUserPoolId")
        has_ledger = read.flag("ledger", default=True)
        sessions = context_options.session_options(
            read,
            # A pool of someone else's gets no trigger unasked.
            default_mode=SessionMode.OFF if existing_pool else SessionMode.HOOK,
        )
        settings = cls(
            stack_name=read.text("stackName", "CognitoSessionAuthorizer"),
            existing_user_pool_id=existing_pool,
            existing_trigger_rule=read.choice(
                "existingTriggerRule", ExistingTriggerRule, ExistingTriggerRule.REFUSE
            ),
            existing_pool_sms_role_arns=read.names("existingPoolSmsRoleArns"),
            existing_pool_key_arns=read.names("existingPoolKeyArns"),
            user_pool_client_ids=read.names("userPoolClientIds"),
            new_client_names=read.names("newClientNames", () if existing_pool else ("Web",)),
            gateway_ttl_seconds=read.integer("gatewayTtlSeconds", 0),
            strict_gateway_ttl_seconds=read.integer("strictGatewayTtlSeconds", 0),
            ledger=has_ledger,
            revocation_feed=read.flag("revocationFeed", default=has_ledger),
            sign_out=read.flag("signOut", default=False),
            clients_with_refresh_token_rotation=read.names("clientsWithRefreshTokenRotation"),
            cors_allow_origin=read.text("corsAllowOrigin", "*"),
            manage_api_gateway_log_role=read.flag("manageApiGatewayLogRole", default=True),
            observability=read.flag("observability", default=True),
            permissions_boundary_arn=read.text("permissionsBoundaryArn"),
            tags=read.texts("tags"),
            sessions=sessions,
            authorizer=context_options.authorizer_options(
                read, sessions.roster if has_ledger else UNLIMITED
            ),
            hook=context_options.hook_options(read),
            signing_out=context_options.sign_out_options(read),
            receiving=context_options.receiver_options(read),
            functions=context_options.function_options(read),
            release=context_options.release_options(read),
            watching=context_options.observability_options(read),
        )
        settings_checks.check(settings, read)
        environment_checks.check(settings, read)
        settings.watching.check(read, is_watched=settings.observability)
        read.finish()
        return settings

    @property
    def has_hook(self) -> bool:
        """Whether a sign-in ends the user's other sessions."""
        return self.sessions.session_mode is SessionMode.HOOK

    @property
    def pool_trigger_rule(self) -> TriggerRule | None:
        """How the hook becomes the existing pool's trigger; None if nothing is to attach it."""
        if not (self.has_hook and self.existing_user_pool_id):
            return None
        return self.existing_trigger_rule.trigger_rule
