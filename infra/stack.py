"""The stack of this app: a pool, its hook, the authorizer, and an API that shows them."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.example_api import ExampleApi
from infra.new_user_pool import NewUserPool
from infra.route_guard import RouteGuard
from infra.session_authorizer import SessionAuthorizer
from infra.settings import DeploymentSettings
from infra.single_session_hook import ATTACH_BY_HAND, SingleSessionHook


class SessionAuthorizerStack(cdk.Stack):
    """Everything that :class:`infra.settings.DeploymentSettings` describes."""

    def __init__(self, scope: Construct, settings: DeploymentSettings) -> None:
        super().__init__(
            scope,
            settings.stack_name,
            description="Refuses revoked Cognito sessions at API Gateway",
        )
        self._settings = settings
        self.new_pool: cognito.UserPool | None = None
        user_pool, client_ids = self._user_pool()
        self.sessions = SessionAuthorizer(
            self,
            "Sessions",
            user_pool=user_pool,
            client_ids=client_ids,
            options=settings.authorizer,
            functions=settings.functions,
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
        )
        RouteGuard.watch(self, self.sessions)
        self._output("ApiUrl", self.example.rest_api.url, "Call hello and admin below it")
        self._output("UserPoolId", user_pool.user_pool_id, "Whose tokens are accepted")
        self._output(
            "UserPoolClientIds", ",".join(client_ids), "App clients whose users are let in"
        )
        self._output("AuthorizerFunctionArn", self.sessions.function.function_arn, "The authorizer")
        self._declare_delay()
        self.hook = self._hook(user_pool) if settings.single_session else None

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

    def _declare_delay(self) -> None:
        normal, strict = self.sessions.delays
        self._output("RevocationDelaySeconds", normal.declared, normal.sentence())
        self._output("StrictRevocationDelaySeconds", strict.declared, strict.sentence())
        self._output(
            "MaximumRevocationDelaySeconds",
            str(self._settings.authorizer.max_revocation_delay_seconds),
            "Synth fails for an authorizer whose revocation delay is above this",
        )
        for delay in (normal, strict):
            cdk.Annotations.of(self).add_info(delay.sentence())

    def _hook(self, user_pool: cognito.IUserPool) -> SingleSessionHook:
        hook = SingleSessionHook(
            self,
            "SingleSession",
            user_pool=user_pool,
            options=self._settings.hook,
            functions=self._settings.functions,
        )
        is_attached = not self._settings.existing_user_pool_id
        self._output(
            "SingleSessionHookArn",
            hook.function.function_arn,
            "Attached to the user pool" if is_attached else ATTACH_BY_HAND,
        )
        return hook

    def _output(self, name: str, value: str, description: str) -> None:
        cdk.CfnOutput(self, name, value=value, description=description)
