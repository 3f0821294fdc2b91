from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from ops.answers import UnavailableError
from ops.aws import Aws
from ops.deployment import find_deployment

_PARAMETERS = {
    "function-arn": "arn:aws:lambda:eu-west-1:123456789012:function:sessions:live",
    "user-pool-id": "eu-west-1_Pool1",
}
_VARIABLES = {
    "ISSUERS": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool1",
    "CLIENT_IDS": "client1web",
}


def _aws(environment: dict[str, Any]) -> Aws:
    def pages(Path: str) -> Iterable[dict[str, Any]]:  # noqa: N803  # the SDK's name
        named = [{"Name": f"{Path}{name}", "Value": value} for name, value in _PARAMETERS.items()]
        # One a page: what is exported does not fit into one.
        return [{"Parameters": [parameter]} for parameter in named]

    clients = {
        "ssm": SimpleNamespace(get_paginator=lambda _name: SimpleNamespace(paginate=pages)),
        "lambda": SimpleNamespace(
            get_function_configuration=lambda **_asked: {"Environment": environment}
        ),
    }
    session = SimpleNamespace(
        region_name="eu-west-1", client=lambda service, **_options: clients[service]
    )
    return Aws(lambda _profile, _region: session)


def test_what_is_deployed() -> None:
    """The settings are what the function behind the alias is told, in the stack's Region."""
    deployment = find_deployment(_aws({"Variables": _VARIABLES}), "Prod")
    assert deployment.settings.client_ids == {"client1web"}
    assert deployment.user_pool_id == "eu-west-1_Pool1"
    assert deployment.ledger_table is None
    assert deployment.operator_log_group is None


def test_variables_that_are_encrypted() -> None:
    """Variables that the caller may not decrypt are not taken for no variables."""
    with pytest.raises(UnavailableError, match="kms:Decrypt"):
        find_deployment(_aws({"Error": {"ErrorCode": "AccessDeniedException"}}), "Prod")


def test_a_function_that_cannot_start() -> None:
    """Settings that the authorizer itself refuses are told with every problem."""
    with pytest.raises(UnavailableError, match="ISSUERS"):
        find_deployment(_aws({"Variables": {}}), "Prod")
