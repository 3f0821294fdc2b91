"""The local stack answers refusals as the deployed API does."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk.assertions import Template

from infra.gateway_responses import GatewayResponses
from local.gateway.config import GatewayResponse, Refusal
from local.product_api import GATEWAY_RESPONSES

_PREFIX = "gatewayresponse.header."


@pytest.fixture(scope="module")
def deployed() -> dict[str, GatewayResponse]:
    """What the construct deploys, read back from its template."""
    stack = cdk.Stack(cdk.App(context={"aws:cdk:bundling-stacks": []}), "Responses")
    api = apigateway.RestApi(stack, "Rest")
    api.root.add_method("GET", apigateway.MockIntegration())
    GatewayResponses(stack, "Responses", rest_api=api)
    found = Template.from_stack(stack).find_resources("AWS::ApiGateway::GatewayResponse")
    return {
        properties["ResponseType"]: GatewayResponse(
            int(properties.get("StatusCode", "403")),
            {
                name.removeprefix(_PREFIX): value.strip("'")
                for name, value in properties["ResponseParameters"].items()
            },
            properties.get("ResponseTemplates", {}).get("application/json", ""),
        )
        for properties in (resource["Properties"] for resource in found.values())
    }


@pytest.mark.parametrize(
    "refusal", [r for r in Refusal if r is not Refusal.MISSING_AUTHENTICATION_TOKEN]
)
def test_the_bench_answers_as_deployed(
    deployed: dict[str, GatewayResponse], refusal: Refusal
) -> None:
    """Status, headers and body of each refusal are those of the template."""
    local, real = GATEWAY_RESPONSES[refusal], deployed[refusal.name]
    assert (local.status, dict(local.headers)) == (real.status, dict(real.headers))
    assert local.body == real.body
