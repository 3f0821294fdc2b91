"""How the resources of other services are read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from local.aws.clients import Clients
from local.aws.reading import Actual, Reading
from local.aws.resource_type import Properties


def _user_pool(clients: Clients, pool_id: str, _: Properties) -> Actual:
    cognito = clients.of("cognito-idp")
    pool: Mapping[str, Any] = cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    mfa = cognito.get_user_pool_mfa_config(UserPoolId=pool_id)
    has_totp = mfa.get("SoftwareTokenMfaConfiguration", {}).get("Enabled")
    return {
        **pool,
        "MfaConfiguration": mfa.get("MfaConfiguration"),
        "EnabledMfas": ["SOFTWARE_TOKEN_MFA"] if has_totp else [],
    }


def _user_pool_client(clients: Clients, client_id: str, of: Properties) -> Actual:
    answer = clients.of("cognito-idp").describe_user_pool_client(
        UserPoolId=of["UserPoolId"], ClientId=client_id
    )
    client: Actual = answer["UserPoolClient"]
    return client


def _group(clients: Clients, name: str, of: Properties) -> Actual:
    answer = clients.of("cognito-idp").get_group(UserPoolId=of["UserPoolId"], GroupName=name)
    group: Actual = answer["Group"]
    return group


def _role(clients: Clients, name: str, _: Properties) -> Actual:
    iam = clients.of("iam")
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return {
        **iam.get_role(RoleName=name)["Role"],
        "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached],
    }


def _inline_policy(clients: Clients, _: str, of: Properties) -> Actual:
    iam = clients.of("iam")
    (document,) = {
        str(policy["PolicyDocument"]): policy["PolicyDocument"]
        for role in of["Roles"]
        for policy in [iam.get_role_policy(RoleName=role, PolicyName=of["PolicyName"])]
    }.values()
    return {"PolicyDocument": document}


def _log_group(clients: Clients, name: str, _: Properties) -> Actual:
    found = clients.of("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return _only([group for group in found if group["logGroupName"] == name])


def _table(clients: Clients, name: str, _: Properties) -> Actual:
    dynamodb = clients.of("dynamodb")
    table: Mapping[str, Any] = dynamodb.describe_table(TableName=name)["Table"]
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backup = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backup.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    return {
        **table,
        "BillingMode": table.get("BillingModeSummary", {}).get("BillingMode"),
        "TimeToLiveSpecification": {
            "AttributeName": expiry.get("AttributeName"),
            "Enabled": expiry.get("TimeToLiveStatus") == "ENABLED",
        },
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": recovery == "ENABLED"},
        "SSESpecification": {
            "SSEEnabled": table.get("SSEDescription", {}).get("Status") == "ENABLED"
        },
    }


def _parameter(clients: Clients, name: str, _: Properties) -> Actual:
    parameter: Actual = clients.of("ssm").get_parameter(Name=name)["Parameter"]
    return parameter


def _only(found: list[Actual]) -> Actual:
    if not found:
        raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "Describe")
    return found[0]


FURTHER_READINGS = {
    "AWS::Cognito::UserPool": Reading(
        read=_user_pool,
        renamed={"UserPoolName": "Name"},
        exact=frozenset({"LambdaConfig"}),
        attributes={"Arn": lambda actual: actual["Arn"]},
    ),
    "AWS::Cognito::UserPoolClient": Reading(
        read=_user_pool_client, found_by=frozenset({"UserPoolId"})
    ),
    "AWS::Cognito::UserPoolGroup": Reading(read=_group, found_by=frozenset({"UserPoolId"})),
    "AWS::IAM::Role": Reading(
        read=_role,
        exact=frozenset({"AssumeRolePolicyDocument"}),
        attributes={"Arn": lambda actual: actual["Arn"]},
    ),
    "AWS::IAM::Policy": Reading(
        read=_inline_policy,
        found_by=frozenset({"PolicyName", "Roles"}),
        exact=frozenset({"PolicyDocument"}),
    ),
    "AWS::Logs::LogGroup": Reading(
        read=_log_group,
        attributes={"Arn": lambda actual: f"{actual['arn'].removesuffix(':*')}:*"},
    ),
    "AWS::DynamoDB::Table": Reading(
        read=_table, attributes={"Arn": lambda actual: actual["TableArn"]}
    ),
    "AWS::SSM::Parameter": Reading(
        read=_parameter, unread={"Description": "GetParameter does not say it"}
    ),
    "AWS::CDK::Metadata": Reading(
        read=lambda *_: {},
        unread={"Analytics": "CDK counts its users by it; it makes nothing"},
        has_presence=False,
    ),
}
