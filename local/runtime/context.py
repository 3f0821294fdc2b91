"""The CDK context that deploys what the story wants."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from local.bench import LAPTOP, PHONE, TABLET, Deployment
from local.product_api import ROUTE_RULES

DEVICES = (LAPTOP, PHONE, TABLET)

#: What every part of the story is deployed with.
_CONTEXT = {
    "newClientNames": ",".join(DEVICES),
    "routeRules": json.dumps(ROUTE_RULES),
    "removalPolicy": "destroy",
    # The story shows delays that nobody should deploy.
    "maxRevocationDelaySeconds": "3600",
}


def context_of(deployment: Deployment) -> dict[str, str]:
    """The CDK context that deploys what a part of the story wants."""
    known = {"sandboxes"}
    context = dict(_CONTEXT)
    for name, key in (
        ("verdict_ttl_seconds", "verdictTtlSeconds"),
        ("memory_ttl_seconds", "memoryTtlSeconds"),
        ("gateway_ttl_seconds", "gatewayTtlSeconds"),
    ):
        context[key] = str(getattr(deployment, name))
        known.add(name)
    if deployment.session_limit is not None:
        context |= {"sessionMode": "ledger", "sessionLimit": str(deployment.session_limit)}
    if deployment.is_explaining:
        context["displacedAnswer"] = "explain"
    if deployment.takes_id_tokens:
        context["tokenUses"] = "access,id"
    known |= {"session_limit", "is_explaining", "takes_id_tokens"}
    unknown = {field.name for field in fields(deployment)} - known
    assert not unknown, f"nobody says how to deploy {unknown}"
    return _under_namespace(context)


def context_of_existing(
    pool_id: str, client_ids: Mapping[str, str], transmitters: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """The CDK context that deploys for a pool which is there already, with hook and routes.

    Args:
        transmitters: who may push logouts.
    """
    return _under_namespace(
        {
            "existingUserPoolId": pool_id,
            "userPoolClientIds": ",".join(client_ids.values()),
            "sessionMode": "hook",
            "signOut": "true",
            "backchannelLogout": json.dumps(transmitters),
            "verdictTtlSeconds": "0",
            "memoryTtlSeconds": "0",
            "removalPolicy": "destroy",
        }
    )


def client_ids_of(clients: Mapping[str, str]) -> dict[str, str]:
    """The app client of each device.

    Args:
        clients: the ids of a stack's app clients, by logical id.
    """
    return {
        device: next(id_ for name, id_ in clients.items() if f"UsersPool{device}" in name)
        for device in DEVICES
    }


def _under_namespace(settings: Mapping[str, str]) -> dict[str, str]:
    return {f"authorizer:{key}": value for key, value in settings.items()}
