"""What a deployment tells stacks that attach their own APIs: SSM parameters with stable names.

Parameters rather than CloudFormation exports, because CloudFormation neither changes nor deletes
an exported value while another stack imports it: the first API that attached would hold this
stack's next deployment up. A parameter is read when the other stack is deployed, and locks
nothing; so an attached stack is deployed anew after a value has changed.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from authorizer.choices import HttpApiResponse
from infra import token_identity
from infra.late_text import at_synth
from infra.operator_log import OperatorLog
from infra.session_authorizer import SessionAuthorizer


class Export(StrEnum):
    """The last part of each parameter's name. A name is never reused for another meaning."""

    FUNCTION_ARN = "function-arn"
    """The ARN to invoke, and to permit the invocation of; it may name an alias."""
    USER_POOL_ID = "user-pool-id"
    """Whose tokens are accepted."""
    CLIENT_IDS = "client-ids"
    """App clients whose tokens are accepted, those of machines among them, with commas."""
    TOKEN_SOURCE = "token-source"
    """Where the function reads the token: ``authorization``, ``cookie:…`` or ``query:…``."""
    REST_IDENTITY_SOURCE = "rest-identity-source"
    """The same place in a REST API's words."""
    HTTP_IDENTITY_SOURCE = "http-identity-source"
    """The same place in an HTTP API's words."""
    WEBSOCKET_IDENTITY_SOURCE = "websocket-identity-source"
    """The same place in a WebSocket API's words."""
    HTTP_API_RESPONSE = "http-api-response"
    """The one form in which HTTP APIs are answered: ``iam`` or ``simple``."""
    GATEWAY_TTL_SECONDS = "gateway-ttl-seconds"
    """The longest result TTL that the function knows of; no attached API may have more."""
    REVOCATION_DELAY_SECONDS = "revocation-delay-seconds"
    """The declared worst case behind a gateway with that TTL, or ``unbounded``."""
    OPERATOR_LOG_GROUP = "operator-log-group"
    """Where operators' actions are written down; absent where nothing was made for it."""


def parameter_name(stack_name: str, export: Export) -> str:
    """Where to read ``export`` of the deployment whose stack has this name."""
    return f"/{stack_name}/authorizer/{export.value}"


class AuthorizerExports(Construct):
    """Writes one parameter for each :class:`Export` that there is something to say of.

    The parameters belong to the account and Region of their stack, hold nothing secret, and are
    readable by whoever may read parameters there. An attached API invokes the function by a
    permission that its own stack adds: this one never learns who has attached.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        sessions: SessionAuthorizer,
        function_arn: str,
        user_pool_id: str,
        client_ids: Sequence[str],
        http_api_response: HttpApiResponse,
        has_ledger: bool,
        operator_log: OperatorLog | None = None,
    ) -> None:
        """
        Args:
            sessions: the authorizer; those that it hands out later still count.
            function_arn: what APIs are to invoke, with the alias if there is one.
            client_ids: of users; the machines' are added from the authorizer's options.
            http_api_response: as given to ``sessions``.
            has_ledger: whether ``sessions`` was given one.
            operator_log: of this deployment, if it has one.
        """
        super().__init__(scope, id)
        self._stack_name = cdk.Stack.of(self).stack_name
        options = sessions.options
        source = options.token_source
        self._export(Export.FUNCTION_ARN, function_arn, "Authorizer to invoke")
        self._export(Export.USER_POOL_ID, user_pool_id, "Whose tokens are accepted")
        self._export_list(
            Export.CLIENT_IDS,
            [*client_ids, *options.machine_client_ids],
            "App clients whose tokens are accepted",
        )
        self._export(Export.TOKEN_SOURCE, source, "Where the authorizer reads the token")
        for export, identity_source in (
            (Export.REST_IDENTITY_SOURCE, token_identity.for_rest(source)),
            (Export.HTTP_IDENTITY_SOURCE, token_identity.for_http(source)),
            (Export.WEBSOCKET_IDENTITY_SOURCE, token_identity.for_websocket(source)),
        ):
            self._export(export, identity_source, "The token source, as this kind of API says it")
        self._export(
            Export.HTTP_API_RESPONSE,
            http_api_response.value,
            "Form in which HTTP APIs are answered",
        )
        self._export(
            Export.GATEWAY_TTL_SECONDS,
            at_synth(lambda: str(sessions.gateway_ttl_seconds)),
            "Longest result TTL of an attached API",
        )
        self._export(
            Export.REVOCATION_DELAY_SECONDS,
            at_synth(
                lambda: (
                    options.revocation_delays(
                        "attached", sessions.gateway_ttl_seconds, has_ledger=has_ledger
                    ).known_to_cognito.declared
                )
            ),
            "A revoked session is refused after at most this long behind that TTL",
        )
        if operator_log is not None:
            self._export(
                Export.OPERATOR_LOG_GROUP,
                operator_log.log_group_name,
                "Where operators' actions are written down",
            )

    def _export(self, export: Export, value: str, description: str) -> None:
        ssm.StringParameter(
            self,
            export.name.title().replace("_", ""),
            parameter_name=parameter_name(self._stack_name, export),
            string_value=value,
            description=description,
        )

    def _export_list(self, export: Export, values: Sequence[str], description: str) -> None:
        ssm.StringListParameter(
            self,
            export.name.title().replace("_", ""),
            parameter_name=parameter_name(self._stack_name, export),
            string_list_value=list(values),
            description=description,
        )
