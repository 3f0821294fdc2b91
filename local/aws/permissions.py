"""Whether a function lets a service call it. moto asks nobody; AWS refuses."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

from botocore.exceptions import ClientError

from local.aws.clients import Clients


class NotPermittedError(Exception):
    """No statement of the function's policy lets the service call it for that source."""


def demand_permission(clients: Clients, function_arn: str, *, service: str, source: str) -> None:
    """Do nothing if ``service`` may call the function on behalf of ``source``.

    Args:
        service: a service principal, such as ``apigateway.amazonaws.com``.
        source: the ARN of what makes it call.

    Raises:
        NotPermittedError: it may not.
    """
    try:
        answer = clients.of("lambda").get_policy(FunctionName=function_arn)
    except ClientError as error:
        raise NotPermittedError(f"{function_arn} has no policy") from error
    for statement in json.loads(answer["Policy"])["Statement"]:
        wanted = statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn", "*")
        if (
            statement["Effect"] == "Allow"
            and statement["Action"] == "lambda:InvokeFunction"
            and statement["Principal"] == {"Service": service}
            and fnmatchcase(source, wanted)
        ):
            return
    raise NotPermittedError(f"{function_arn} does not let {service} call it for {source}")
