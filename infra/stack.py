"""The stack of this app: a pool, its hook, the authorizer, and an API that shows them."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from constructs import Construct

from authorizer.choices import HttpApiResponse
from infra.example_api import STAGE, ExampleApi
from infra.exports import AuthorizerExports
from infra.live_alias import ALIAS
from infra.native_sessions import NativeSessions
from infra.new_user_pool import NewUserPool
from infra.observability import Observability, Watched
from infra.operator_log import OperatorLog
from infra.pool_trigger import PoolTrigger
from infra.revocation_delay import RevocationDelay
from infra.route_guard import RouteGuard
from infra.session_authorizer import SessionAuthorizer
from infra.session_feed import SessionFeed
from infra.session_ledger import SessionLedger
from infra.session_options import SessionMode
from infra.settings import DeploymentSettings
from infra.sign_out_routes import SignOutRoutes
from infra.single_session_hook import ATTACH_BY_HAND, WARNING_PREFIX, SingleSessionHook


class SessionAuthorizerStack(cdk.Stack):
    """Everything that :class:`infra.settings.DeploymentSettings` describes."""

    def __init__(self, scope: Construct, settings: DeploymentSettings) -> None:
        super().__init__(
            scope,
            settings.stack_name,
            description="Refuses revoked Cognito sessions at API Gateway",
        )
        self._settings = settings
        if settings.permissions_boundary_arn:
            boundary = iam.ManagedPolicy.from_managed_policy_arn(
                self, "Boundary", settings.permissions_boundary_arn
            )
            iam.PermissionsBoundary.of(self).apply(boundary)
        for name, value in settings.tags:
            cdk.Tags.of(self).add(name, value)
        self.new_pool: cognito.UserPool | None = None
        user_pool, client_ids = self._user_pool()
        self.ledger = self._ledger() if settings.ledger else None
        self.sessions = SessionAuthorizer(
            self,
            "Sessions",
            user_pool=user_pool,
            client_ids=client_ids,
            options=settings.authorizer,
            ledger=self.ledger,
            functions=settings.functions,
            release=settings.release,
        )
        self.sign_out_routes = SignOutRoutes(
            self, settings, user_pool=user_pool, client_ids=client_ids, ledger=self.ledger
        )
        self.example = ExampleApi(
            self,
            "Example",
            sessions=self.sessions,
            ttl_seconds=settings.gateway_ttl_seconds,
            strict_ttl_seconds=settings.strict_gateway_ttl_seconds,
            cors_allow_origin=settings.cors_allow_origin,
            has_log_role=settings.manage_api_gateway_log_role,
            functions=settings.functions,
            throttles=self.sign_out_routes.throttles,
        )
        open_routes = self.sign_out_routes.add_to(self.example.rest_api, STAGE)
        RouteGuard.watch(self, self.sessions, open_routes=open_routes)
        self._output("ApiUrl", self.example.rest_api.url, "Call hello and admin below it")
        self._output("UserPoolId", user_pool.user_pool_id, "Whose tokens are accepted")
        self._output(
            "UserPoolClientIds", ",".join(client_ids), "App clients whose users are let in"
        )
        self._output(
            "AuthorizerFunctionArn",
            self.sessions.alias.function_arn,
            f"What APIs invoke: the authorizer's alias {ALIAS}",
        )
        self.operator_log = OperatorLog(
            self,
            "OperatorLog",
            retention_days=settings.watching.operator_log_retention_days,
            kms_key_arn=settings.functions.kms_key_arn,
        )
        self._output(
            "OperatorLogGroupName",
            self.operator_log.log_group_name,
            "Where operators' actions are written down",
        )
        AuthorizerExports(
            self,
            "Exports",
            sessions=self.sessions,
            function_arn=self.sessions.alias.function_arn,
            user_pool_id=user_pool.user_pool_id,
            client_ids=client_ids,
            http_api_response=HttpApiResponse.IAM,
            has_ledger=settings.ledger,
            operator_log=self.operator_log,
        )
        self._declare_delays()
        self.hook = self._hook(user_pool) if settings.has_hook else None
        self.pool_trigger = self._pool_trigger(user_pool)
        self.native = self._native(user_pool)
        self.feed = self._feed(user_pool)
        self.observability = self._observability() if settings.observability else None

    def _user_pool(self) -> tuple[cognito.IUserPool, list[str]]:
        settings = self._settings
        if settings.existing_user_pool_id:
            existing = cognito.UserPool.from_user_pool_id(
                self, "ExistingUserPool", settings.existing_user_pool_id
            )
            return existing, list(settings.user_pool_client_ids)
        new = NewUserPool(
            self,
            "Users",
            client_names=settings.new_client_names,
            removal_policy=settings.functions.removal_policy,
        )
        self.new_pool = new.user_pool
        return new.user_pool, [client.user_pool_client_id for client in new.clients.values()]

    def _ledger(self) -> SessionLedger:
        ledger = SessionLedger(
            self,
            "Ledger",
            removal_policy=self._settings.functions.removal_policy,
            kms_key_arn=self._settings.functions.kms_key_arn,
        )
        self._output("LedgerTableName", ledger.table_name, "Revocation marks and rosters")
        return ledger

    def _declare_delays(self) -> None:
        normal, strict = self.sessions.delays
        self._declare("RevocationDelaySeconds", normal.known_to_cognito)
        self._declare("StrictRevocationDelaySeconds", strict.known_to_cognito)
        if normal.pushed is not None and strict.pushed is not None:
            self._declare("PushedRevocationDelaySeconds", normal.pushed)
            self._declare("StrictPushedRevocationDelaySeconds", strict.pushed)
        self._output(
            "MaximumRevocationDelaySeconds",
            str(self._settings.authorizer.max_revocation_delay_seconds),
            "Synth fails for an authorizer whose revocation delay is above this",
        )

    def _declare(self, name: str, delay: RevocationDelay) -> None:
        self._output(name, delay.declared, delay.sentence())
        cdk.Annotations.of(self).add_info(delay.sentence())

    def _hook(self, user_pool: cognito.IUserPool) -> SingleSessionHook:
        hook = SingleSessionHook(
            self,
            "SingleSession",
            user_pool=user_pool,
            options=self._settings.hook,
            ledger=self.ledger,
            functions=self._settings.functions,
        )
        is_attached = self.new_pool is not None or self._settings.pool_trigger_rule is not None
        self._output(
            "SingleSessionHookArn",
            hook.function.function_arn,
            "Attached to the user pool" if is_attached else ATTACH_BY_HAND,
        )
        if not is_attached:
            cdk.Annotations.of(hook).add_warning_v2(
                f"{WARNING_PREFIX}:not-attached", ATTACH_BY_HAND
            )
        return hook

    def _pool_trigger(self, user_pool: cognito.IUserPool) -> PoolTrigger | None:
        rule = self._settings.pool_trigger_rule
        if self.hook is None or rule is None:
            return None
        return PoolTrigger(
            self,
            "PoolTrigger",
            user_pool=user_pool,
            hook=self.hook,
            rule=rule,
            sms_role_arns=self._settings.existing_pool_sms_role_arns,
            key_arns=self._settings.existing_pool_key_arns,
            functions=self._settings.functions,
        )

    def _native(self, user_pool: cognito.IUserPool) -> NativeSessions | None:
        if self._settings.sessions.session_mode is not SessionMode.NATIVE:
            return None
        return NativeSessions(
            self,
            "NativeSessions",
            user_pool=user_pool,
            session_limit=self._settings.sessions.session_limit,
            functions=self._settings.functions,
        )

    def _feed(self, user_pool: cognito.IUserPool) -> SessionFeed | None:
        if self.ledger is None or not self._settings.revocation_feed:
            return None
        feed = SessionFeed(
            self,
            "RevocationFeed",
            user_pool=user_pool,
            ledger=self.ledger,
            hook=self.hook,
            functions=self._settings.functions,
        )
        self._output(
            "RevocationFeedDeadLettersUrl",
            feed.dead_letters.queue_url,
            "Events that could not become marks",
        )
        return feed

    def _observability(self) -> Observability:
        made = Observability(
            self,
            "Observability",
            watched=Watched(
                sessions=self.sessions,
                hook=self.hook,
                feed=self.feed,
                sign_out=self.sign_out_routes.endpoint,
                receivers=self.sign_out_routes.receivers,
                access_log=self.example.access_log,
                operator_log=self.operator_log,
            ),
            options=self._settings.watching,
        )
        self._output("DashboardUrl", made.overview.url, "How the deployment is doing")
        return made

    def _output(self, name: str, value: str, description: str) -> None:
        cdk.CfnOutput(self, name, value=value, description=description)
