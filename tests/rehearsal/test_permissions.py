from __future__ import annotations

from typing import Any

import pytest

from local.aws.account import LocalAccount
from local.aws.permissions import NotPermittedError, demand_permission
from tests.rehearsal.functions import new_function

_SOURCE = "arn:aws:execute-api:eu-west-1:123456789012:api1/authorizers/one"
_SERVICE = "apigateway.amazonaws.com"


def _permit(account: LocalAccount, arn: str, **statement: Any) -> None:
    account.clients.of("lambda").add_permission(
        FunctionName=arn,
        StatementId="x",
        **{"Action": "lambda:InvokeFunction", "Principal": _SERVICE, "SourceArn": _SOURCE}
        | statement,
    )


@pytest.mark.parametrize(
    "statement", [{}, {"SourceArn": "arn:aws:execute-api:eu-west-1:123456789012:api1/*"}]
)
def test_permitted(account: LocalAccount, statement: dict[str, str]) -> None:
    """A statement for the service and the source, or a pattern of it, is enough."""
    arn = new_function(account)
    _permit(account, arn, **statement)
    demand_permission(account.clients, arn, service=_SERVICE, source=_SOURCE)


@pytest.mark.parametrize(
    "statement",
    [
        {"Principal": "cognito-idp.amazonaws.com"},
        {"SourceArn": "arn:aws:execute-api:eu-west-1:123456789012:api2/authorizers/one"},
        {"Action": "lambda:GetFunction"},
    ],
)
def test_not_permitted(account: LocalAccount, statement: dict[str, str]) -> None:
    """Another service's, another source's or another action's statement is not."""
    arn = new_function(account)
    _permit(account, arn, **statement)
    with pytest.raises(NotPermittedError):
        demand_permission(account.clients, arn, service=_SERVICE, source=_SOURCE)


def test_no_policy(account: LocalAccount) -> None:
    """A function that nobody may call is called by nobody."""
    with pytest.raises(NotPermittedError):
        demand_permission(account.clients, new_function(account), service=_SERVICE, source=_SOURCE)
