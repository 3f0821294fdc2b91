"""IAM's resource types. moto's own leave managed policies out, and roles that are changed."""

from __future__ import annotations

import json
from dataclasses import dataclass

from local.aws.clients import Clients
from local.aws.resource_type import Properties, ResourceType


def _equip_role(clients: Clients, name: str, properties: Properties) -> None:
    iam = clients.of("iam")
    for arn in properties.get("ManagedPolicyArns", []):
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    for policy in properties.get("Policies", []):
        iam.put_role_policy(
            RoleName=name,
            PolicyName=policy["PolicyName"],
            PolicyDocument=json.dumps(policy["PolicyDocument"]),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleType(ResourceType):
    """A role cannot be deleted with policies in it."""

    def remove(self, clients: Clients, physical_id: str, properties: Properties) -> None:
        """Take its policies away, then delete it."""
        iam = clients.of(self.service)
        for arn in properties.get("ManagedPolicyArns", []):
            iam.detach_role_policy(RoleName=physical_id, PolicyArn=arn)
        for policy in properties.get("Policies", []):
            iam.delete_role_policy(RoleName=physical_id, PolicyName=policy["PolicyName"])
        ResourceType.remove(self, clients, physical_id, properties)


@dataclass(frozen=True, kw_only=True, slots=True)
class InlinePolicyType(ResourceType):
    """``AWS::IAM::Policy``: one document, put into each of its roles."""

    def make(self, clients: Clients, properties: Properties, generated_name: str) -> str:
        """Put it into its roles."""
        assert not properties.get("Users"), properties
        assert not properties.get("Groups"), properties
        for role in properties["Roles"]:
            clients.of(self.service).put_role_policy(
                RoleName=role,
                PolicyName=properties["PolicyName"],
                PolicyDocument=json.dumps(properties["PolicyDocument"]),
            )
        return generated_name

    def change(self, clients: Clients, physical_id: str, old: Properties, new: Properties) -> None:
        """Put it anew, having taken it out of where it is no longer wanted."""
        self.remove(clients, physical_id, old)
        self.make(clients, new, physical_id)

    def remove(self, clients: Clients, physical_id: str, properties: Properties) -> None:
        """Take it out of its roles."""
        del physical_id
        for role in properties["Roles"]:
            clients.of(self.service).delete_role_policy(
                RoleName=role, PolicyName=properties["PolicyName"]
            )


IAM_TYPES = (
    RoleType(
        name="AWS::IAM::Role",
        service="iam",
        create="create_role",
        identify=lambda answer, _: answer["Role"]["RoleName"],
        keys=lambda name, _: {"RoleName": name},
        delete="delete_role",
        name_property="RoleName",
        apart=frozenset({"ManagedPolicyArns", "Policies"}),
        follow=_equip_role,
        attributes=lambda clients, name, _: clients.of("iam").get_role(RoleName=name)["Role"],
    ),
    InlinePolicyType(
        name="AWS::IAM::Policy",
        service="iam",
        create="put_role_policy",
        identify=lambda _, __: "",
    ),
)
