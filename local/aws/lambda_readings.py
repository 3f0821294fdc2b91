"""How Lambda's resources are read back."""

from __future__ import annotations

import base64
import hashlib
import json

from botocore.exceptions import ClientError

from local.aws.clients import Clients
from local.aws.reading import Actual, Reading
from local.aws.resource_type import Properties


def sha256_of_asset(clients: Clients, bucket: str, key: str) -> str:
    """A zip's hash as Lambda writes it."""
    body = clients.of("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def _function(clients: Clients, name: str, of: Properties) -> Actual:
    answer = clients.of("lambda").get_function(FunctionName=name)
    configuration = dict(answer["Configuration"])
    configuration["ReservedConcurrentExecutions"] = answer.get("Concurrency", {}).get(
        "ReservedConcurrentExecutions"
    )
    code = of["Code"]
    asset = sha256_of_asset(clients, code["S3Bucket"], code["S3Key"])
    # The function does not say where its code came from; the hash says that it is the same.
    is_same = configuration["CodeSha256"] == asset
    configuration["Code"] = code if is_same else {"sha256": configuration["CodeSha256"]}
    return configuration


def _permission(clients: Clients, statement_id: str, of: Properties) -> Actual:
    policy = json.loads(clients.of("lambda").get_policy(FunctionName=of["FunctionName"])["Policy"])
    for statement in policy["Statement"]:
        if statement["Sid"] == statement_id:
            conditions = statement.get("Condition", {})
            principal = statement["Principal"]
            return {
                "Action": statement["Action"],
                "Effect": statement["Effect"],
                "Principal": principal.get("Service") if isinstance(principal, dict) else principal,
                "SourceArn": conditions.get("ArnLike", {}).get("AWS:SourceArn"),
                "SourceAccount": conditions.get("StringEquals", {}).get("AWS:SourceAccount"),
            }
    raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "GetPolicy")


def _version(clients: Clients, arn: str, of: Properties) -> Actual:
    answer: Actual = clients.of("lambda").get_function_configuration(
        FunctionName=of["FunctionName"], Qualifier=arn.rpartition(":")[2]
    )
    return answer


def _alias(clients: Clients, arn: str, of: Properties) -> Actual:
    answer: Actual = clients.of("lambda").get_alias(
        FunctionName=of["FunctionName"], Name=arn.rpartition(":")[2]
    )
    return answer


def _invoke_config(clients: Clients, _: str, of: Properties) -> Actual:
    answer: Actual = clients.of("lambda").get_function_event_invoke_config(
        FunctionName=of["FunctionName"], Qualifier=of["Qualifier"]
    )
    return answer


LAMBDA_READINGS = {
    "AWS::Lambda::Function": Reading(
        read=_function,
        needed=frozenset({"Code"}),
        unread={"LoggingConfig": "moto does not keep it"},
        exact=frozenset({"Environment"}),
        attributes={"Arn": lambda actual: actual["FunctionArn"]},
    ),
    "AWS::Lambda::Permission": Reading(read=_permission, found_by=frozenset({"FunctionName"})),
    "AWS::Lambda::Version": Reading(
        read=_version,
        found_by=frozenset({"FunctionName"}),
        attributes={"Version": lambda actual: actual["Version"]},
        # A version goes with its function, whatever its own policy is.
        has_presence=False,
    ),
    "AWS::Lambda::EventInvokeConfig": Reading(
        read=_invoke_config, found_by=frozenset({"FunctionName", "Qualifier"})
    ),
    "AWS::Lambda::Alias": Reading(read=_alias, found_by=frozenset({"FunctionName"})),
}
