"""Cognito's resource types, none of which moto's CloudFormation has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.cognitoidp.models import cognitoidp_backends

from local.aws.clients import ACCOUNT_ID, Clients
from local.aws.resource_type import Properties, ResourceType


def _set_mfa(clients: Clients, pool_id: str, properties: Properties) -> None:
    """EnabledMfas and MfaConfiguration are one property each here, and one operation there."""
    enabled = properties.get("EnabledMfas", [])
    if not enabled:
        return
    assert set(enabled) <= {"SOFTWARE_TOKEN_MFA"}, enabled
    clients.of("cognito-idp").set_user_pool_mfa_config(
        UserPoolId=pool_id,
        SoftwareTokenMfaConfiguration={"Enabled": "SOFTWARE_TOKEN_MFA" in enabled},
        MfaConfiguration=properties.get("MfaConfiguration", "OFF"),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class UserPoolType(ResourceType):
    """A pool. Its update is no parameter-by-parameter affair: what is not passed is reset."""

    def change(self, clients: Clients, physical_id: str, old: Properties, new: Properties) -> None:
        """Update it, and give back what moto resets with the rest and AWS cannot change."""
        ResourceType.change(self, clients, physical_id, old, new)
        pool = cognitoidp_backends[ACCOUNT_ID][clients.region].user_pools[physical_id]
        pool.extended_config.update({name: new[name] for name in self.fixed if name in new})


def _pool_attributes(clients: Clients, pool_id: str, _: Properties) -> Mapping[str, Any]:
    provider = f"cognito-idp.{clients.region}.amazonaws.com/{pool_id}"
    return {
        "Arn": f"arn:aws:cognito-idp:{clients.region}:{ACCOUNT_ID}:userpool/{pool_id}",
        "ProviderName": provider,
        "ProviderURL": f"https://{provider}",
        "UserPoolId": pool_id,
    }


COGNITO_TYPES = (
    UserPoolType(
        name="AWS::Cognito::UserPool",
        service="cognito-idp",
        create="create_user_pool",
        identify=lambda answer, _: answer["UserPool"]["Id"],
        keys=lambda pool_id, _: {"UserPoolId": pool_id},
        update="update_user_pool",
        delete="delete_user_pool",
        name_property="UserPoolName",
        renamed={"UserPoolName": "PoolName"},
        apart=frozenset({"EnabledMfas"}),
        follow=_set_mfa,
        attributes=_pool_attributes,
        fixed=frozenset({"UsernameAttributes", "AliasAttributes", "Schema"}),
    ),
    ResourceType(
        name="AWS::Cognito::UserPoolClient",
        service="cognito-idp",
        create="create_user_pool_client",
        identify=lambda answer, _: answer["UserPoolClient"]["ClientId"],
        keys=lambda client_id, properties: {
            "UserPoolId": properties["UserPoolId"],
            "ClientId": client_id,
        },
        update="update_user_pool_client",
        delete="delete_user_pool_client",
        name_property="ClientName",
        attributes=lambda _, client_id, __: {"ClientId": client_id},
        fixed=frozenset({"GenerateSecret"}),
    ),
    ResourceType(
        name="AWS::Cognito::UserPoolGroup",
        service="cognito-idp",
        create="create_group",
        identify=lambda _, parameters: parameters["GroupName"],
        keys=lambda name, properties: {"UserPoolId": properties["UserPoolId"], "GroupName": name},
        update="update_group",
        delete="delete_group",
        name_property="GroupName",
    ),
)
