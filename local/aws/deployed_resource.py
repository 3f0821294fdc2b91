"""A resource type as moto's CloudFormation wants it: a class with class methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from moto.cloudformation.exceptions import UnformattedGetAttTemplateException
from moto.core.common_models import CloudFormationModel

from local.aws.api_gateway_types import API_GATEWAY_TYPES
from local.aws.clients import Clients
from local.aws.cognito_types import COGNITO_TYPES
from local.aws.further_types import FURTHER_TYPES
from local.aws.iam_types import IAM_TYPES
from local.aws.lambda_types import LAMBDA_TYPES
from local.aws.messaging_types import MESSAGING_TYPES
from local.aws.resource_type import Properties, ResourceType
from local.aws.watching_types import WATCHING_TYPES

TYPES = (
    *COGNITO_TYPES,
    *LAMBDA_TYPES,
    *API_GATEWAY_TYPES,
    *IAM_TYPES,
    *MESSAGING_TYPES,
    *WATCHING_TYPES,
    *FURTHER_TYPES,
)


class DeployedResource(CloudFormationModel):  # type: ignore[misc]
    """One resource of one stack, with the properties that it was last given.

    Attributes:
        kind: its type's row.
        clients: for the account that it is in.
    """

    kind: ClassVar[ResourceType]
    clients: ClassVar[Clients]

    def __init__(self, physical_id: str, properties: Properties) -> None:
        self.physical_resource_id = physical_id
        self.properties = properties

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Mapping[str, Any],
        account_id: str,
        region_name: str,
        **_more: Any,
    ) -> DeployedResource:
        """Create one; moto's name for it."""
        del account_id, region_name
        properties = cloudformation_json["Properties"]
        return cls(cls.kind.make(cls.clients, properties, resource_name), properties)

    def change(self, properties: Properties) -> None:
        """Give it other properties.

        Raises:
            local.aws.resource_type.ReplacementError: it has to be made anew.
        """
        self.kind.change(self.clients, self.physical_resource_id, self.properties, properties)
        self.properties = properties

    def delete(self, account_id: str, region_name: str) -> None:
        """Delete it; moto's name for it."""
        del account_id, region_name
        self.kind.remove(self.clients, self.physical_resource_id, self.properties)

    def get_cfn_attribute(self, name: str) -> Any:
        """The value of ``Fn::GetAtt``; moto's name for it."""
        attributes = self.kind.attributes(self.clients, self.physical_resource_id, self.properties)
        if name not in attributes:
            raise UnformattedGetAttTemplateException
        return attributes[name]

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Found out when it is asked for."""
        del attr
        return True

    def is_created(self) -> bool:
        """As soon as the call that makes it has returned."""
        return True


def models(clients: Clients) -> dict[str, type[DeployedResource]]:
    """A class for each type that there is a row for, by the type's name."""
    return {
        kind.name: type(
            kind.name.replace("::", ""),
            (DeployedResource,),
            {"kind": kind, "clients": clients, "__module__": __name__},
        )
        for kind in TYPES
    }


def name_properties() -> dict[str, str]:
    """Of each type, the property that holds a name given in the template."""
    return {kind.name: kind.name_property for kind in TYPES}
