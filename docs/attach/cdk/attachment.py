"""The session authorizer of another stack, as that stack's SSM parameters describe it."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ssm as ssm


@dataclass(frozen=True, slots=True)
class Attachment:
    """What ``authorizer_stack`` exports, for use in ``stack``, of the same account and Region.

    Every value becomes a CloudFormation parameter that is read from SSM at each deployment of
    ``stack``. Synth needs no account.
    """

    stack: cdk.Stack
    authorizer_stack: str

    def function(self) -> lambda_.IFunction:
        """The function to invoke. CDK adds the permission to ``stack``, for one API at a time."""
        return lambda_.Function.from_function_attributes(
            self.stack,
            "SessionAuthorizerFunction",
            function_arn=self._read("function-arn"),
            # The ARN is unknown at synth. Without this CDK takes the function for one of another
            # account and silently leaves the permission out.
            same_environment=True,
        )

    def ttl(self) -> cdk.Duration:
        """The longest time for which a gateway may repeat an answer."""
        return cdk.Duration.seconds(cdk.Token.as_number(self._read("gateway-ttl-seconds")))

    def rest_identity_source(self) -> str:
        """Where a REST API finds the token."""
        return self._read("rest-identity-source")

    def http_identity_source(self) -> str:
        """Where an HTTP API finds the token."""
        return self._read("http-identity-source")

    def websocket_identity_source(self) -> str:
        """Where ``$connect`` of a WebSocket API finds the token."""
        return self._read("websocket-identity-source")

    def _read(self, name: str) -> str:
        return ssm.StringParameter.value_for_string_parameter(
            self.stack, f"/{self.authorizer_stack}/authorizer/{name}"
        )
