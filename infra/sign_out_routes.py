"""The routes of this app by which sessions end: the sign-out endpoint, and receivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.logout_receivers import PATHS, LogoutReceivers
from infra.logout_receivers import THROTTLE as RECEIVERS_THROTTLE
from infra.session_ledger import SessionLedger
from infra.settings import DeploymentSettings
from infra.sign_out_endpoint import ROUTE, SignOutEndpoint
from infra.sign_out_endpoint import THROTTLE as ENDPOINT_THROTTLE


class SignOutRoutes:
    """Those that a deployment asks for; none of them without a ledger."""

    def __init__(
        self,
        scope: Construct,
        settings: DeploymentSettings,
        *,
        user_pool: cognito.IUserPool,
        client_ids: Sequence[str],
        ledger: SessionLedger | None,
    ) -> None:
        self._scope = scope
        self._settings = settings
        self._user_pool = user_pool
        self._ledger = ledger
        self.endpoint: SignOutEndpoint | None = None
        self.receivers: LogoutReceivers | None = None
        if ledger is not None and settings.sign_out:
            self.endpoint = SignOutEndpoint(
                scope,
                "SignOut",
                user_pool=user_pool,
                client_ids=client_ids,
                ledger=ledger,
                options=settings.signing_out,
                oidc_issuers=settings.authorizer.oidc_issuers,
                functions=settings.functions,
            )

    @property
    def throttles(self) -> Mapping[str, apigateway.MethodDeploymentOptions]:
        """How often each may be called, for the stage to know: nobody is authorized there."""
        kinds = () if self._ledger is None else self._settings.receiving.kinds
        throttles = {f"/{PATHS[kind]}/POST": RECEIVERS_THROTTLE for kind in kinds}
        if self.endpoint is not None:
            throttles["/sign-out/POST"] = ENDPOINT_THROTTLE
        return throttles

    def add_to(self, rest_api: apigateway.RestApi, stage_name: str) -> tuple[str, ...]:
        """Add them to an API; which routes need no authorizer, for what they take is signed."""
        routes: tuple[str, ...] = ()
        if self.endpoint is not None:
            self.endpoint.add_to(rest_api)
            routes += (ROUTE,)
        if self._ledger is not None and self._settings.receiving.kinds:
            self.receivers = LogoutReceivers(
                self._scope,
                "Receivers",
                rest_api=rest_api,
                stage_name=stage_name,
                user_pool=self._user_pool,
                ledger=self._ledger,
                options=self._settings.receiving,
                functions=self._settings.functions,
            )
            routes += self.receivers.routes
        return routes
