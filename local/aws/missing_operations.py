"""Operations that moto lacks and a deployment needs: composite alarms, and saved log queries."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from moto.cloudwatch.responses import CloudWatchResponse
from moto.logs.responses import LogsResponse


@contextmanager
def added_operations() -> Iterator[None]:
    """Moto's CloudWatch and Logs with them, for as long as it lasts."""
    added = (
        # It knows what a composite alarm is, and has no way in.
        (CloudWatchResponse, "put_composite_alarm", CloudWatchResponse.put_metric_alarm),
        (LogsResponse, "put_query_definition", _put_query_definition),
        (LogsResponse, "describe_query_definitions", _describe_query_definitions),
        (LogsResponse, "delete_query_definition", _delete_query_definition),
    )
    with ExitStack() as patches:
        for response, name, operation in added:
            patches.enter_context(mock.patch.object(response, name, operation, create=True))
        yield


def _definitions(response: Any) -> dict[str, dict[str, Any]]:
    """An account's and Region's, kept where moto keeps its log groups."""
    definitions: dict[str, dict[str, Any]] = vars(response.logs_backend).setdefault(
        "query_definitions", {}
    )
    return definitions


def _put_query_definition(response: Any) -> str:
    definition_id = response._get_param("queryDefinitionId") or str(uuid.uuid4())
    _definitions(response)[definition_id] = {
        "queryDefinitionId": definition_id,
        "name": response._get_param("name"),
        "queryString": response._get_param("queryString"),
        "logGroupNames": response._get_param("logGroupNames", []),
    }
    return json.dumps({"queryDefinitionId": definition_id})


def _describe_query_definitions(response: Any) -> str:
    prefix = response._get_param("queryDefinitionNamePrefix", "")
    found = [
        definition
        for definition in _definitions(response).values()
        if definition["name"].startswith(prefix)
    ]
    return json.dumps({"queryDefinitions": found})


def _delete_query_definition(response: Any) -> str:
    removed = _definitions(response).pop(response._get_param("queryDefinitionId"), None)
    return json.dumps({"success": removed is not None})
