"""What CDK would have left in the account, made in moto by hand."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.loaders import Loader

from local.cognito.layer import moto_application
from local.product_api import REGION
from local.server import LoopbackServer
from ops.deployment import PARAMETER_PREFIX

#: Reading the services' models takes longer than a test.
LOADER = Loader(include_default_search_paths=True)

_ROLE = json.dumps({"Version": "2012-10-17", "Statement": []})


@cache
def _setting_up() -> Any:
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    return boto3.Session(botocore_session=core)


def aws_client(endpoint: str, service: str) -> Any:
    """An SDK client for a service of the local stack's."""
    return _setting_up().client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def make_rest_api(
    endpoint: str, function_arn: str, *, ttl_seconds: int, stages: Sequence[str] = ("prod",)
) -> str:
    """A REST API with a deployed authorizer."""
    client = aws_client(endpoint, "apigateway")
    api_id: str = client.create_rest_api(name="orders")["id"]
    root = client.get_resources(restApiId=api_id)["items"][0]["id"]
    authorizer = client.create_authorizer(
        restApiId=api_id,
        name="sessions",
        type="REQUEST",
        identitySource="method.request.header.Authorization",
        authorizerUri=invocation_uri(function_arn),
        authorizerResultTtlInSeconds=ttl_seconds,
    )
    client.put_method(
        restApiId=api_id,
        resourceId=root,
        httpMethod="GET",
        authorizationType="CUSTOM",
        authorizerId=authorizer["id"],
    )
    client.put_integration(restApiId=api_id, resourceId=root, httpMethod="GET", type="MOCK")
    for stage in stages:
        client.create_deployment(restApiId=api_id, stageName=stage)
    return api_id


def make_http_api(
    endpoint: str, function_arn: str, *, ttl_seconds: int
) -> tuple[str, dict[str, Any]]:
    """An HTTP API with an authorizer: its id, and the authorizer as API Gateway tells of it."""
    client = aws_client(endpoint, "apigatewayv2")
    api_id: str = client.create_api(Name="shop", ProtocolType="HTTP")["ApiId"]
    authorizer = client.create_authorizer(
        ApiId=api_id,
        Name="sessions",
        AuthorizerType="REQUEST",
        AuthorizerUri=invocation_uri(function_arn),
        AuthorizerPayloadFormatVersion="2.0",
        IdentitySource=["$request.header.Authorization"],
        AuthorizerResultTtlInSeconds=ttl_seconds,
    )
    client.create_stage(ApiId=api_id, StageName="$default")
    return api_id, authorizer


def invocation_uri(function_arn: str) -> str:
    """What API Gateway calls a function."""
    return (
        f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function_arn}/invocations"
    )


def make_function(endpoint: str, name: str, environ: Mapping[str, str]) -> str:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("nothing.py", "")
    client = aws_client(endpoint, "lambda")
    client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="authorizer.handler.handler",
        Role=_role(),
        Code={"ZipFile": zipped.getvalue()},
        Environment={"Variables": {k: v for k, v in environ.items() if not k.startswith("AWS_")}},
        Publish=True,
    )
    arn: str = client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")["AliasArn"]
    return arn


def _role() -> str:
    """A role for every function of the process: moto's memory is one for the process, too.

    Until another test has it forget everything, so that it is looked for each time.
    """
    with LoopbackServer(moto_application()) as server:
        client = aws_client(server.url, "iam")
        try:
            found = client.get_role(RoleName="ops")
        except client.exceptions.NoSuchEntityException:
            found = client.create_role(RoleName="ops", AssumeRolePolicyDocument=_ROLE)
        arn: str = found["Role"]["Arn"]
        return arn


def export(endpoint: str, stack: str, values: Mapping[str, str]) -> None:
    ssm = aws_client(endpoint, "ssm")
    for name, value in values.items():
        ssm.put_parameter(
            Name=PARAMETER_PREFIX.format(stack=stack) + name, Value=value, Type="String"
        )
