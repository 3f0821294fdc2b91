"""Mends moto's CloudFormation for as long as a local account runs, and then takes it back.

Beside what :mod:`local.aws.resource_map` says: moto finds a change set by its name alone, which
is the same for every stack; fails at one that is not there; keeps a stack's first outputs; and
answers a failed deployment with an internal error, after which the CDK command line has been
seen to print success. Here a failed deployment ends as a failed stack, with the reason.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.cloudformation import models as moto_models
from moto.cloudformation import responses as moto_responses
from moto.cloudformation.exceptions import CloudFormationError
from moto.cloudformation.parsing import get_model_map, get_name_type_map
from moto.core.responses import ActionResult, EmptyResult
from moto.iam.models import iam_backends

from local.aws.clients import Clients
from local.aws.custom_resource import Conversation, DeployedCustomResource
from local.aws.deployed_resource import models, name_properties
from local.aws.missing_operations import added_operations
from local.aws.resource_map import OrderedResourceMap
from local.aws.template import is_custom

#: Every type of custom resource, in moto's book of types.
CUSTOM = "Custom::*"


class _ChangeSetNotFoundError(CloudFormationError):  # type: ignore[misc]
    code = "ChangeSetNotFound"


@contextmanager
def mended_cloudformation(clients: Clients, conversation: Conversation) -> Iterator[None]:
    """CloudFormation by moto, with our resource types, in order.

    Args:
        conversation: with the functions behind custom resources.
    """
    custom = type(
        "CustomResource",
        (DeployedCustomResource,),
        {"conversation": conversation, "clients": clients, "__module__": __name__},
    )
    backend, response = moto_models.CloudFormationBackend, moto_responses.CloudFormationResponse
    with ExitStack() as mended:
        mended.enter_context(added_operations())
        for patch in (
            mock.patch.dict(get_model_map(), models(clients) | {CUSTOM: custom}),
            mock.patch.dict(get_name_type_map(), name_properties()),
            mock.patch.object(moto_models, "ResourceMap", OrderedResourceMap),
            mock.patch.object(moto_models.Stack, "stack_resources", property(_created)),
            mock.patch.object(backend, "execute_change_set", _execute_change_set),
            mock.patch.object(backend, "delete_stack", _deleting(backend.delete_stack)),
            mock.patch.object(response, "describe_change_set", _describe_change_set),
            mock.patch.object(response, "delete_change_set", _delete_change_set),
            # Without it, AWS's managed policies do not exist.
            mock.patch.dict(os.environ, {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}),
            # A type that nobody knows is an error here, and not a warning.
            mock.patch("moto.cloudformation.parsing.resource_class_from_type", _known_class),
        ):
            mended.enter_context(patch)
        # They are loaded when IAM is first looked at, which may have been before, without them. To
        # load them takes longer than most stacks do.
        for account in iam_backends.values():
            for iam in account.values():
                if not iam.aws_managed_policies:
                    iam.reset()
        mended.enter_context(warnings.catch_warnings())
        yield


def _known_class(resource_type: str) -> Any:
    known = get_model_map()
    if is_custom(resource_type):
        return known[CUSTOM]
    if resource_type not in known:
        raise CloudFormationError("ValidationError", f"no resource type {resource_type} here")
    return known[resource_type]


def _created(self: Any) -> list[Any]:
    """What there is; moto would try and create, to list it, what has failed to be created."""
    parsed = self.resource_map._parsed_resources
    return [item for item in parsed.values() if hasattr(item, "logical_resource_id")]


def _find(backend: Any, name: str, stack: str | None) -> Any:
    # The newest first: a stack that was deleted has left its own behind, under the same names.
    for change_set in reversed(list(backend.change_sets.values())):
        if name == change_set.change_set_id:
            return change_set
        if name == change_set.change_set_name and stack in (
            change_set.stack_name,
            change_set.stack_id,
        ):
            return change_set
    return None


def _describe_change_set(self: Any) -> ActionResult:
    found = _find(
        self.cloudformation_backend, self._get_param("ChangeSetName"), self._get_param("StackName")
    )
    if found is None:
        raise _ChangeSetNotFoundError(f"ChangeSet {self._get_param('ChangeSetName')} not found")
    return ActionResult(found)


def _delete_change_set(self: Any) -> EmptyResult:
    backend = self.cloudformation_backend
    found = _find(backend, self._get_param("ChangeSetName"), self._get_param("StackName"))
    if found is not None:
        del backend.change_sets[found.change_set_id]
    return EmptyResult()


def _execute_change_set(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
    change_set = _find(self, change_set_name, stack_name)
    if change_set is None:
        raise _ChangeSetNotFoundError(f"ChangeSet {change_set_name} not found")
    stack, kind = self.stacks[change_set.stack_id], change_set.change_set_type
    stack._add_stack_event(f"{kind}_IN_PROGRESS", resource_status_reason="User Initiated")
    try:
        change_set.apply()
        stack.template = change_set.template
        stack._parse_template()
        stack.description = stack.template_dict.get("Description")
        stack.output_map = stack._create_output_map()
        for export in stack.exports:
            self.exports[export.name] = export
        _ = stack.outputs
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        stack.status, change_set.execution_status = f"{kind}_FAILED", "EXECUTE_FAILED"
        stack.stack_status_reason = reason
        stack._add_stack_event(f"{kind}_FAILED", resource_status_reason=reason)
        return
    stack.status, change_set.execution_status = f"{kind}_COMPLETE", "EXECUTE_COMPLETE"
    stack._add_stack_event(f"{kind}_COMPLETE")


def _deleting(original: Any) -> Any:
    def delete_stack(self: Any, name_or_stack_id: str) -> None:
        stack = next(
            (
                stack
                for stack in self.stacks.values()
                if name_or_stack_id in (stack.name, stack.stack_id)
            ),
            None,
        )
        try:
            original(self, name_or_stack_id)
        except Exception as error:
            if stack is None:
                raise
            # moto takes the stack out of its books before anything is deleted.
            self.stacks[stack.stack_id] = stack
            stack.status = "DELETE_FAILED"
            reason = f"{type(error).__name__}: {error}"
            stack._add_stack_event("DELETE_FAILED", resource_status_reason=reason)

    return delete_stack
