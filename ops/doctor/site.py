"""What there is to look at: descriptions as AWS gives them, read when they are first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from ops.answers import UnavailableError
from ops.aws import answering, error_code
from ops.deployment import Deployment
from ops.gateways import GuardedApi
from ops.layers import Layers, read_layers
from ops.run import Run
from pool_trigger.trigger import Holder, holder_of

POOL_NEEDS = ("cognito-idp:DescribeUserPool",)
CLIENT_NEEDS = ("cognito-idp:DescribeUserPoolClient",)
ALL_CLIENTS_NEEDS = (*CLIENT_NEEDS, "cognito-idp:ListUserPoolClients")
STACK_NEEDS = ("cloudformation:ListStackResources",)

_HOOK_HANDLER = "pre_token_hook.handler.handler"
#: Functions whose routes need no authorizer: what they are sent is verified by themselves.
_SELF_GUARDED = ("sign_out.handler.", "receivers.handlers.")

Description = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A resource of the deployment's stack."""

    kind: str
    name: str
    """Its physical id."""


class Site:
    """A deployment, its pool, and everything around them. What cannot be read raises OpsError.

    Args:
        run: the invocation.
        open_routes: ``METHOD /path`` of routes that are open on purpose.
    """

    def __init__(self, run: Run, open_routes: frozenset[str] = frozenset()) -> None:
        self.run = run
        self.open_routes = open_routes

    @property
    def deployment(self) -> Deployment:
        """The deployment."""
        return self.run.deployment

    @cached_property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self.run.aws.now()

    def client(self, service: str) -> Any:
        """An SDK client."""
        return self.run.aws.client(service)

    @cached_property
    def gateways(self) -> tuple[GuardedApi, ...]:
        """The APIs that invoke the authorizer."""
        return self.run.gateways

    @cached_property
    def layers(self) -> Layers:
        """Each layer's TTL, and the sums."""
        return read_layers(self.run)

    @cached_property
    def pool(self) -> Description:
        """The user pool."""
        with answering():
            found: Description = self.client("cognito-idp").describe_user_pool(
                UserPoolId=self.deployment.user_pool_id
            )["UserPool"]
        return found

    @cached_property
    def holder(self) -> Holder | None:
        """Who holds the pool's trigger."""
        return holder_of(self.pool)

    @cached_property
    def app_clients(self) -> Mapping[str, Description | None]:
        """The app clients whose tokens are taken, by id; None for one that does not exist."""
        return {client_id: self._app_client(client_id) for client_id in self.deployment.client_ids}

    @cached_property
    def all_app_clients(self) -> Mapping[str, Description]:
        """Every app client of the pool, by id: its triggers run for those nobody lists, too."""
        with answering():
            pages = self.client("cognito-idp").get_paginator("list_user_pool_clients")
            listed = [
                client["ClientId"]
                for page in pages.paginate(UserPoolId=self.deployment.user_pool_id)
                for client in page["UserPoolClients"]
            ]
        return {
            client_id: client
            for client_id in listed
            if (client := self.app_clients.get(client_id) or self._app_client(client_id))
        }

    def _app_client(self, client_id: str) -> Description | None:
        try:
            with answering():
                found = self.client("cognito-idp").describe_user_pool_client(
                    UserPoolId=self.deployment.user_pool_id, ClientId=client_id
                )
        except UnavailableError as error:
            if error.code == "ResourceNotFoundException":
                return None
            raise
        # Nobody needs to hold a secret here.
        return {k: v for k, v in found["UserPoolClient"].items() if k != "ClientSecret"}

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The resources of the deployment's stack."""
        with answering():
            pages = self.client("cloudformation").get_paginator("list_stack_resources")
            return tuple(
                Part(found["ResourceType"], found.get("PhysicalResourceId", ""))
                for page in pages.paginate(StackName=self.deployment.stack)
                for found in page["StackResourceSummaries"]
            )

    def names_of(self, kind: str) -> tuple[str, ...]:
        """Physical ids of the stack's resources of one type."""
        return tuple(part.name for part in self.parts if part.kind == kind and part.name)

    @cached_property
    def authorizer(self) -> Description:
        """The authorizer's configuration, behind the alias that APIs invoke."""
        return self.function(self.deployment.function_arn)

    @cached_property
    def functions(self) -> tuple[Description, ...]:
        """The configurations of the authorizer and of every other function of the stack."""
        others = [self.function(name) for name in self.names_of("AWS::Lambda::Function")]
        own = self.authorizer["FunctionName"]
        return (self.authorizer, *(f for f in others if f["FunctionName"] != own))

    @cached_property
    def hook(self) -> Description | None:
        """The single-session hook's configuration; None if the stack has none."""
        return next((f for f in self.functions if f.get("Handler") == _HOOK_HANDLER), None)

    @cached_property
    def self_guarded(self) -> frozenset[str]:
        """Names of the stack's functions that are sent tokens, and verify them themselves."""
        return frozenset(
            str(function["FunctionName"])
            for function in self.functions
            if str(function.get("Handler", "")).startswith(_SELF_GUARDED)
        )

    def function(self, name: str) -> Description:
        """A function's configuration."""
        with answering():
            found: Description = self.client("lambda").get_function_configuration(FunctionName=name)
        return found

    def found_or_none(self, service: str, operation: str, **parameters: Any) -> Description | None:
        """What an operation answers; None if it knows nothing of that name."""
        try:
            found: Description = getattr(self.client(service), operation)(**parameters)
        except ClientError as error:
            if error_code(error) in ("ResourceNotFoundException", "NotFoundException"):
                return None
            raise
        return found
