"""The authorizer as a construct: one function, and authorizers for any kind of API from it."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2_authorizers as http_authorizers
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IValidation

from authorizer.choices import HttpApiResponse
from infra import cached_simple_responses, token_identity
from infra.authorizer_options import AuthorizerOptions
from infra.bundling import AUTHORIZER
from infra.function_options import FunctionOptions
from infra.lambda_function import LambdaFunction
from infra.late_text import at_synth, known_names
from infra.live_alias import LiveAlias
from infra.pool_issuers import issuers
from infra.release_options import ReleaseOptions
from infra.revocation_delay import AuthorizerDelays
from infra.secret_parameters import allow_reading_parameters
from infra.session_ledger import SessionLedger

#: Above the 3 s within which the authorizer promises to decide, with room for a cold start, and
#: below the 10 s after which API Gateway gives up.
_TIMEOUT_SECONDS = 5

WARNING_PREFIX = "cognito-session-authorizer"

#: CDK's feature flag: a REST API's stage knows of a changed authorizer only once it is deployed.
_REDEPLOYS_ON_CHANGE = "@aws-cdk/aws-apigateway:authorizerChangeDeploymentLogicalId"


class SessionAuthorizer(Construct):
    """Refuses revoked Cognito sessions at API Gateway.

    .. code-block:: python

        sessions = SessionAuthorizer(
            self, "Sessions", user_pool=pool, client_ids=[client.user_pool_client_id]
        )
        api.root.add_method("GET", authorizer=sessions.rest_authorizer(api, "Session"))

    APIs invoke ``alias``, the function's newest version; ``function`` is what it is made of.
    Each authorizer that is handed out has a result TTL of its own, so that strict routes can
    have a second one with TTL 0. Synth fails if the delay of any is above
    ``options.max_revocation_delay_seconds``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        user_pool: cognito.IUserPool,
        client_ids: Sequence[str],
        options: AuthorizerOptions | None = None,
        http_api_response: HttpApiResponse = HttpApiResponse.IAM,
        ledger: SessionLedger | None = None,
        functions: FunctionOptions | None = None,
        release: ReleaseOptions | None = None,
    ) -> None:
        """
        Args:
            user_pool: whose tokens are accepted; of this stack, another one, or imported.
            client_ids: app clients whose users' tokens are accepted.
            options: everything else the function is told.
            ledger: holds marks, shared verdicts and rosters; without one each sandbox of the
                function asks Cognito for itself.
            http_api_response: the one form in which HTTP APIs are answered.
            functions: size and logs of the function.
            release: how a changed function takes over.

        Raises:
            environment.SettingsError: when the function could not start with these options.
        """
        super().__init__(scope, id)
        self.options = options or AuthorizerOptions()
        self._client_ids = known_names(client_ids)
        self.has_ledger = ledger is not None
        settings = self.options.check(client_ids=self._client_ids, has_ledger=self.has_ledger)
        self._http_api_response = http_api_response
        self._delays: list[AuthorizerDelays] = []
        release = release or ReleaseOptions()
        built = LambdaFunction(
            self,
            "Authorizer",
            description="Refuses revoked Cognito sessions at API Gateway",
            bundle=AUTHORIZER,
            handler="authorizer.handler.handler",
            environment=self.options.environment(
                issuers=issuers(user_pool),
                client_ids=client_ids,
                gateway_ttl_seconds=at_synth(lambda: str(self.gateway_ttl_seconds)),
                http_api_response=http_api_response,
                ledger_table="" if ledger is None else ledger.table_name,
            ),
            timeout_seconds=_TIMEOUT_SECONDS,
            options=functions or FunctionOptions(),
            files=self.options.bundled_files,
            reserved_concurrency=release.reserved_concurrency,
            snap_start=release.snap_start,
        )
        self.function: lambda_.Function = built.function
        self.log_group = built.log_group
        self.deployment_name = built.deployment_name
        self.live = LiveAlias(self, "Live", built=built, options=release)
        self.alias: lambda_.Alias = self.live.alias
        if ledger is not None:
            ledger.allow_reading_and_writing(built.role)
        allow_reading_parameters(
            built.role, (p.introspection_secret_parameter for p in settings.providers)
        )
        self.node.add_validation(_Validation(self))
        for setting, sentence in self.options.warnings(has_ledger=self.has_ledger).items():
            cdk.Annotations.of(self).add_warning_v2(f"{WARNING_PREFIX}:{setting}", sentence)

    @property
    def delays(self) -> tuple[AuthorizerDelays, ...]:
        """The declared worst cases of every authorizer handed out so far."""
        return tuple(self._delays)

    @property
    def gateway_ttl_seconds(self) -> int:
        """The largest result TTL handed out so far: what the function is told."""
        return max((delays.gateway_ttl_seconds for delays in self._delays), default=0)

    def rest_authorizer(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        ttl_seconds: int = 0,
    ) -> apigateway.RequestAuthorizer:
        """A REQUEST authorizer for methods of one REST API.

        The gateway itself answers 401 to a request without the token's header or parameter.

        Args:
            scope: the API, or something in the API's stack.
            ttl_seconds: how long the gateway repeats an answer; 0 to 3600.

        Raises:
            environment.SettingsError: when ``ttl_seconds`` is out of range.
        """
        self._declare(f"{scope.node.path}/{id}", ttl_seconds)
        if not cdk.FeatureFlags.of(scope).is_enabled(_REDEPLOYS_ON_CHANGE):
            cdk.Annotations.of(scope).add_warning_v2(
                f"{WARNING_PREFIX}:redeployment",
                f"without {_REDEPLOYS_ON_CHANGE} in cdk.json a stage keeps an authorizer's old TTL"
                " until something else deploys the API anew",
            )
        # CDK puts the API's permission beside the function it is given: with this stand-in it
        # stays in the API's stack, which may then be another one than the function's.
        function = lambda_.Function.from_function_attributes(
            scope, f"{id}Function", function_arn=self.alias.function_arn, same_environment=True
        )
        return apigateway.RequestAuthorizer(
            scope,
            id,
            handler=function,
            identity_sources=[token_identity.for_rest(self.options.token_source)],
            results_cache_ttl=cdk.Duration.seconds(ttl_seconds),
        )

    def http_authorizer(
        self, name: str, *, ttl_seconds: int = 0
    ) -> http_authorizers.HttpLambdaAuthorizer:
        """An authorizer for routes of one HTTP API, in the form ``http_api_response``.

        An HTTP API answers 500, not 503, when the authorizer could not find out. A simple
        response speaks for one request only, so with a TTL the route is part of the cache key,
        and synth fails for routes that stand for several requests, such as ``/orders/{id}``.

        Args:
            name: of the authorizer, unique within its API.
            ttl_seconds: how long the gateway repeats an answer; 0 to 3600.

        Raises:
            environment.SettingsError: when ``ttl_seconds`` is out of range.
        """
        self._declare(name, ttl_seconds)
        is_simple = self._http_api_response is HttpApiResponse.SIMPLE
        sources = [token_identity.for_http(self.options.token_source)]
        if is_simple and ttl_seconds > 0:
            sources.append(cached_simple_responses.ROUTE_KEY)
        form = http_authorizers.HttpLambdaResponseType
        return http_authorizers.HttpLambdaAuthorizer(
            name,
            self.alias,
            identity_source=sources,
            response_types=[form.SIMPLE if is_simple else form.IAM],
            results_cache_ttl=cdk.Duration.seconds(ttl_seconds),
        )

    def websocket_authorizer(self, name: str) -> http_authorizers.WebSocketLambdaAuthorizer:
        """An authorizer for ``$connect`` of one WebSocket API, whose answers are never cached.

        It is asked once for each connection. An open connection outlives a revocation, for up
        to the two hours that API Gateway lets it live, unless the backend deletes it.
        """
        self._declare(name, 0)
        cdk.Annotations.of(self).add_warning_v2(
            f"{WARNING_PREFIX}:websocket",
            "an open WebSocket connection outlives a revocation, whatever the declared delay,"
            " until the backend deletes it",
        )
        return http_authorizers.WebSocketLambdaAuthorizer(
            name,
            self.alias,
            identity_source=[token_identity.for_websocket(self.options.token_source)],
        )

    def _declare(self, name: str, ttl_seconds: int) -> None:
        self.options.check(
            client_ids=self._client_ids,
            gateway_ttl_seconds=ttl_seconds,
            has_ledger=self.has_ledger,
        )
        self._delays.append(
            self.options.revocation_delays(name, ttl_seconds, has_ledger=self.has_ledger)
        )


@jsii.implements(IValidation)
class _Validation:
    def __init__(self, authorizer: SessionAuthorizer) -> None:
        self._authorizer = authorizer

    def validate(self) -> list[str]:
        authorizer, options = self._authorizer, self._authorizer.options
        problems = (
            delay.problem(
                options.max_revocation_delay_seconds,
                accept_unbounded=options.accept_unbounded_revocation_delay,
            )
            for delays in authorizer.delays
            for delay in delays.all
        )
        return [
            *(problem for problem in problems if problem is not None),
            *cached_simple_responses.problems(authorizer.node.root, authorizer.alias),
        ]
