"""A deployment as it stands in an account: found by its stack's name, read back, not remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from authorizer.settings import Settings
from environment import SettingsError
from issuers.profile import OidcIssuer
from ledger.rows import cognito_issuer
from ops.answers import UnavailableError, UsageError
from ops.aws import Aws, answering

DEFAULT_STACK = "CognitoSessionAuthorizer"
PARAMETER_PREFIX = "/{stack}/authorizer/"


class Parameter(StrEnum):
    """Parameters of :class:`infra.exports.Export` that are used here."""

    FUNCTION_ARN = "function-arn"
    USER_POOL_ID = "user-pool-id"
    REVOCATION_DELAY_SECONDS = "revocation-delay-seconds"
    OPERATOR_LOG_GROUP = "operator-log-group"
    """Absent in deployments that are older than the trail."""


_REQUIRED = (Parameter.FUNCTION_ARN, Parameter.USER_POOL_ID)


@dataclass(frozen=True, slots=True)
class Deployment:
    """What was found.

    Attributes:
        stack: its name.
        region: where it is.
        parameters: what it exports.
        environ: the authorizer's environment, as deployed behind the alias that APIs invoke.
        settings: the same, read by the authorizer's own reader.
    """

    stack: str
    region: str
    parameters: Mapping[str, str]
    settings: Settings
    environ: Mapping[str, str] = field(repr=False)

    @property
    def function_arn(self) -> str:
        """What APIs invoke."""
        return self.parameters[Parameter.FUNCTION_ARN]

    @property
    def user_pool_id(self) -> str:
        """Whose tokens are accepted."""
        return self.parameters[Parameter.USER_POOL_ID]

    @property
    def issuer(self) -> str:
        """The pool's name in the ledger."""
        return cognito_issuer(self.user_pool_id)

    @property
    def issuers(self) -> tuple[str, ...]:
        """Every issuer's name in the ledger, the pool's first."""
        return (self.issuer, *(provider.issuer for provider in self.settings.providers))

    def provider(self, issuer: str) -> OidcIssuer:
        """The OpenID provider of that name, beside the pool.

        Raises:
            UsageError: its tokens are not taken.
        """
        for provider in self.settings.providers:
            if provider.issuer == issuer:
                return provider
        known = ", ".join(sorted(provider.issuer for provider in self.settings.providers))
        raise UsageError(
            "no_such_issuer",
            f"beside the pool's, the authorizer takes tokens of {known or 'no issuer'}",
        )

    def ledger_issuer(self, provider: str) -> str:
        """What an issuer is called in the ledger: a provider by its own name, the pool by "".

        Raises:
            UsageError: as :meth:`provider`.
        """
        return self.provider(provider).issuer if provider else self.issuer

    def takes_client(self, client_id: str, provider: str) -> bool:
        """Whether a client's tokens are taken, of a provider or, with "", of the pool.

        Raises:
            UsageError: as :meth:`provider`.
        """
        if not provider:
            return client_id in self.client_ids
        found = self.provider(provider)
        # Without a list of its own it takes every client that the audience is meant for.
        return not found.client_ids or client_id in found.client_ids | found.machine_client_ids

    @property
    def client_ids(self) -> tuple[str, ...]:
        """App clients whose tokens are accepted."""
        return tuple(sorted(self.settings.client_ids | self.settings.machine_client_ids))

    @property
    def ledger_table(self) -> str | None:
        """The ledger's table; None if there is none."""
        return None if self.settings.ledger is None else self.settings.ledger.table

    @property
    def operator_log_group(self) -> str | None:
        """Where the operators' trail is written; None if the deployment has none."""
        return self.parameters.get(Parameter.OPERATOR_LOG_GROUP)


def find_deployment(aws: Aws, stack: str) -> Deployment:
    """Find a deployment by what it exports.

    Raises:
        UsageError: there is none of that name.
        UnavailableError: AWS did not say, or what is deployed could not start.
    """
    parameters = _parameters(aws, stack)
    environ = _environ(aws, parameters[Parameter.FUNCTION_ARN])
    try:
        settings = Settings.from_env(environ)
    except SettingsError as error:
        raise UnavailableError(
            "settings", f"the deployed authorizer cannot start: {error}"
        ) from None
    return Deployment(stack, aws.region, parameters, settings, environ)


def _parameters(aws: Aws, stack: str) -> dict[str, str]:
    prefix = PARAMETER_PREFIX.format(stack=stack)
    found: dict[str, str] = {}
    with answering():
        pages = aws.client("ssm").get_paginator("get_parameters_by_path")
        for page in pages.paginate(Path=prefix):
            found |= {p["Name"].removeprefix(prefix): p["Value"] for p in page["Parameters"]}
    if not all(name in found for name in _REQUIRED):
        raise UsageError(
            "no_such_deployment",
            f"no deployment {stack} exports anything in {aws.region}: see --stack and --region",
        )
    return found


def _environ(aws: Aws, function_arn: str) -> dict[str, str]:
    with answering():
        found = aws.client("lambda").get_function_configuration(FunctionName=function_arn)
    if "Error" in found.get("Environment", {}):
        # Encrypted with a key of the customer's, which the caller may not use.
        raise UnavailableError(
            "environment", "the function's variables cannot be read: kms:Decrypt on its key"
        )
    environ: dict[str, str] = dict(found.get("Environment", {}).get("Variables", {}))
    # Lambda sets it, and it does not stand among a function's own.
    return {"AWS_REGION": aws.region} | environ
