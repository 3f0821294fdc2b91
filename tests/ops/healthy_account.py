"""An account in which nothing is wrong: a deployment with ledger, hook and feed, and its pool."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ledger.rows import KEY
from ops.deployment import DEFAULT_STACK, PARAMETER_PREFIX
from tests.ops.deployed import invocation_uri
from tests.ops.exports import exported, scheme
from tests.ops.scripted_aws import REGION, Answer, ScriptedAws

POOL = f"{REGION}_Pool1"
CLIENT = "client1web"
TABLE = "Ledger"
#: 20 November 2026, noon.
NOON = 1_795_176_000
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
API = "api1"

_ACCOUNT = "123456789012"
_LAMBDA = f"arn:aws:lambda:{REGION}:{_ACCOUNT}:function"
HOOK_ARN = f"{_LAMBDA}:Hook"
_AUTHORIZER_ARN = f"{_LAMBDA}:Authorizer:live"
_POOL_ARN = f"arn:aws:cognito-idp:{REGION}:{_ACCOUNT}:userpool/{POOL}"
_OPERATOR_LOG = "/operators"
_METRIC = {
    "MetricNamespace": "AWS/Usage",
    "MetricName": "CallCount",
    "MetricDimensions": {"Service": "Cognito", "Type": "API", "Resource": "UserRead"},
}


def healthy_account() -> ScriptedAws:
    """A new one, to be made ill by changing ``answers``."""
    return ScriptedAws(
        dict(_of_the_deployment())
        | dict(_of_cognito())
        | dict(_of_the_gateways())
        | dict(_of_the_ledger())
        | dict(_of_what_watches()),
        NOON,
    )


def environ(**changes: str) -> dict[str, str]:
    """The authorizer's variables."""
    return {
        "ISSUERS": f"https://cognito-idp.{REGION}.amazonaws.com/{POOL}",
        "CLIENT_IDS": CLIENT,
        "LEDGER_TABLE": TABLE,
        "VERDICT_TTL_SECONDS": "15",
        "MEMORY_TTL_SECONDS": "5",
        "DEPLOYMENT_NAME": "orders",
    } | changes


def function(name: str, handler: str, **changes: Any) -> dict[str, Any]:
    """A function's configuration."""
    return {
        "FunctionName": name,
        "FunctionArn": f"{_LAMBDA}:{name}",
        "Handler": handler,
        "Runtime": "python3.13",
        "Timeout": 4,
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "LastModified": "2026-11-19T12:00:00.000+0000",
        "LoggingConfig": {"LogGroup": f"/logs/{name}"},
        "Environment": {"Variables": {}},
    } | changes


def functions(**changed: dict[str, Any]) -> Answer:
    """The configurations of the deployment's functions, by name; those given are changed or new."""
    known = {
        "Authorizer": function(
            "Authorizer",
            "authorizer.handler.handler",
            Timeout=5,
            Environment={"Variables": environ()},
        ),
        "Hook": function("Hook", "pre_token_hook.handler.handler"),
        "Feed": function("Feed", "session_feed.handler.handler", Timeout=10),
    }
    for name, changes in changed.items():
        known[name] = known.get(name, function(name, "")) | changes
    # An ARN has the name in its seventh part, before the alias.
    return lambda params: known[(params["FunctionName"].split(":") * 7)[6]]


def client(**changes: Any) -> Answer:
    """The app client."""
    described = {
        "UserPoolId": POOL,
        "ClientId": CLIENT,
        "ClientName": "web",
        "ClientSecret": "do-not-show-me-anywhere-at-all",
        "EnableTokenRevocation": True,
        "WriteAttributes": ["locale"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "aws.cognito.signin.user.admin"],
    }
    return {"UserPoolClient": described | changes}


def clients(*client_ids: str) -> Answer:
    """The pool's app clients."""
    return {"UserPoolClients": [{"ClientId": client_id} for client_id in client_ids]}


def pool(**changes: Any) -> Answer:
    """The user pool."""
    attributes = ("email", "phone_number", "locale", "custom:role")
    described = {
        "Id": POOL,
        "Arn": _POOL_ARN,
        "UserPoolTier": "ESSENTIALS",
        "DeletionProtection": "ACTIVE",
        "Domain": "orders",
        "LambdaConfig": {
            "PreTokenGeneration": HOOK_ARN,
            "PreTokenGenerationConfig": {"LambdaArn": HOOK_ARN, "LambdaVersion": "V1_0"},
        },
        "SchemaAttributes": [{"Name": name, "Mutable": True} for name in attributes],
    }
    return {"UserPool": described | changes}


def alarms(*, near_quota: float = 96, **changes: Any) -> Answer:
    """An alarm that tells somebody, and the one that rings near a quota."""
    described = {
        "AlarmName": "orders-unavailable",
        "StateValue": "OK",
        "ActionsEnabled": True,
        "AlarmActions": [f"arn:aws:sns:{REGION}:{_ACCOUNT}:night"],
    }
    near = {"AlarmName": "orders-getuser-near-quota", "StateValue": "OK", "Threshold": near_quota}
    return {"MetricAlarms": [described | changes, near], "CompositeAlarms": []}


def enforced(per_second: int) -> Answer:
    """What Cognito says of GetUser's quota; of those that are not sold it says nothing."""

    def answer(params: Mapping[str, Any]) -> Any:
        definition = params["LimitDefinition"]
        if definition["Attributes"]["Category"] != "UserRead":
            return "InvalidParameterException"
        return {
            "Limit": {
                "LimitDefinition": definition,
                "ProvisionedLimitValue": per_second,
                "FreeLimitValue": 120,
            }
        }

    return answer


def table(**changes: Any) -> Answer:
    """The ledger's table."""
    described = {
        "TableName": TABLE,
        "TableStatus": "ACTIVE",
        "KeySchema": [{"AttributeName": KEY, "KeyType": "HASH"}],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "DeletionProtectionEnabled": True,
        "SSEDescription": {"Status": "ENABLED", "SSEType": "KMS"},
    }
    return {"Table": described | changes}


def methods(**methods: Any) -> Answer:
    """The one resource, ``/orders``, with its methods."""
    guarded = {"authorizationType": "CUSTOM", "authorizerId": "auth1"}
    given = {"GET": guarded, "OPTIONS": {"authorizationType": "NONE"}} | methods
    return {"items": [{"id": "r", "path": "/orders", "resourceMethods": given}]}


def deployed(routes: Mapping[str, str], ttl_seconds: int = 0) -> Answer:
    """What the one stage was deployed with: what guards each ``method /path``."""
    schemes = {
        "sessions": scheme(_AUTHORIZER_ARN, ttl_seconds),
        "pool": {"type": "apiKey", "x-amazon-apigateway-authtype": "cognito_user_pools"},
        "sigv4": {"type": "apiKey", "x-amazon-apigateway-authtype": "awsSigv4"},
    }
    return lambda _params: {"body": io.BytesIO(exported(routes, schemes))}


def stage(**changes: Any) -> Answer:
    """The one stage."""
    described = {
        "stageName": "v1",
        "methodSettings": {"*/*": {"dataTraceEnabled": False}},
        "accessLogSettings": {"format": "$context.requestId $context.authorizer.error"},
    }
    return {"item": [described | changes]}


def usage(calls_per_minute: float, key_age: float = 60.0) -> Answer:
    """What CloudWatch counted, the same for every quota, and how old keys were."""

    def answer(params: Mapping[str, Any]) -> Any:
        (query,) = params["MetricDataQueries"]
        is_age = query["MetricStat"]["Metric"]["MetricName"] == "KeyAge"
        values = [key_age if is_age else calls_per_minute, 1.0]
        return {"MetricDataResults": [{"Id": query["Id"], "Values": values}]}

    return answer


def _of_the_deployment() -> Mapping[str, Answer]:
    prefix = PARAMETER_PREFIX.format(stack=DEFAULT_STACK)
    parameters = {
        "function-arn": _AUTHORIZER_ARN,
        "user-pool-id": POOL,
        "operator-log-group": _OPERATOR_LOG,
    }
    found = [{"Name": f"{prefix}{name}", "Value": value} for name, value in parameters.items()]
    parts = [("AWS::Lambda::Function", name) for name in ("Authorizer", "Hook", "Feed")]
    output = {"OutputKey": "MaximumRevocationDelaySeconds", "OutputValue": "60"}
    about_stack: dict[str, Any] = {"StackName": DEFAULT_STACK, "StackStatus": "CREATE_COMPLETE"}
    about_stack |= {"CreationTime": _LONG_AGO}
    limits = {"UnreservedConcurrentExecutions": 1000}
    logs = [*(f"/logs/{name}" for _, name in parts), _OPERATOR_LOG]
    return {
        "ssm:GetParametersByPath": {"Parameters": found},
        "lambda:GetFunctionConfiguration": functions(),
        "lambda:GetPolicy": policy(_POOL_ARN),
        "lambda:GetFunctionConcurrency": {},
        "lambda:GetAccountSettings": {"AccountLimit": limits},
        "cloudformation:ListStackResources": stack_of(*parts),
        "cloudformation:DescribeStacks": {"Stacks": [about_stack | {"Outputs": [output]}]},
        "logs:DescribeLogGroups": {
            "logGroups": [{"logGroupName": name, "retentionInDays": 400} for name in logs]
        },
    }


def stack_of(*parts: tuple[str, str]) -> Answer:
    """The stack's resources: types and physical ids."""
    return {
        "StackResourceSummaries": [
            {
                "LogicalResourceId": name,
                "ResourceType": kind,
                "PhysicalResourceId": name,
                "ResourceStatus": "CREATE_COMPLETE",
                "LastUpdatedTimestamp": _LONG_AGO,
            }
            for kind, name in parts
        ]
    }


def policy(source_arn: str, service: str = "cognito-idp.amazonaws.com") -> Answer:
    """A function's resource policy."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "lambda:InvokeFunction",
        "Condition": {"ArnLike": {"AWS:SourceArn": source_arn}},
    }
    return {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


def _of_cognito() -> Mapping[str, Answer]:
    return {
        "cognito-idp:DescribeUserPool": pool(),
        "cognito-idp:DescribeUserPoolClient": client(),
        "cognito-idp:ListUserPoolClients": clients(CLIENT),
        "cognito-idp:GetUserPoolClientSessionConfiguration": cookie(0),
        "cognito-idp:GetProvisionedLimit": enforced(120),
        "servicequotas:GetServiceQuota": {"Quota": {"Value": 120.0, "UsageMetric": _METRIC}},
    }


def cookie(minutes: int) -> Answer:
    """For how long the client takes managed login's cookie."""
    return {
        "UserPoolId": POOL,
        "ClientId": CLIENT,
        "SSOSession": {"MaxValidityMinutes": minutes},
    }


def _of_the_gateways() -> Mapping[str, Answer]:
    authorizer = {
        "id": "auth1",
        "name": "sessions",
        "authorizerUri": invocation_uri(_AUTHORIZER_ARN),
        "authorizerResultTtlInSeconds": 0,
        "identitySource": "method.request.header.Authorization",
    }

    def authorizers(params: Mapping[str, Any]) -> Any:
        return {"items": [authorizer]} if "restApiId" in params else {"Items": []}

    return {
        "apigateway:GetRestApis": {"items": [{"id": API, "name": "orders"}]},
        "apigateway:GetApis": {"Items": []},
        "apigateway:GetAuthorizers": authorizers,
        "apigateway:GetResources": methods(),
        "apigateway:GetStages": stage(),
        "apigateway:GetExport": deployed({"get /orders": "sessions", "options /orders": ""}),
    }


def _of_the_ledger() -> Mapping[str, Answer]:
    recovery = {"PointInTimeRecoveryStatus": "ENABLED"}
    backups = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}
    return {
        "dynamodb:BatchGetItem": {"Responses": {TABLE: []}, "UnprocessedKeys": {}},
        "dynamodb:DescribeTable": table(),
        "dynamodb:DescribeContinuousBackups": {"ContinuousBackupsDescription": backups},
        "dynamodb:DescribeTimeToLive": {
            "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
        },
    }


def basic_events(**changes: Any) -> Answer:
    """What a trail logs, as it is unless somebody chooses otherwise."""
    usual = {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }
    return {"EventSelectors": [usual | changes]}


def advanced_events(**fields: Mapping[str, list[str]]) -> Answer:
    """The same by advanced selectors, which the API has in the other's place."""
    selectors = [{"Field": name, **chosen} for name, chosen in fields.items()]
    return {"AdvancedEventSelectors": [{"FieldSelectors": selectors}]}


def _of_what_watches() -> Mapping[str, Answer]:
    arn = f"arn:aws:cloudtrail:{REGION}:{_ACCOUNT}:trail/all"
    return {
        "monitoring:DescribeAlarms": alarms(),
        "monitoring:GetMetricData": usage(60.0),
        "cloudtrail:DescribeTrails": {"trailList": [{"TrailARN": arn}]},
        "cloudtrail:GetTrailStatus": {"IsLogging": True},
        "cloudtrail:GetEventSelectors": basic_events(),
    }
