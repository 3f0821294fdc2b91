from __future__ import annotations

import json

import pytest

from ops.layers import MAXIMUM_OUTPUT
from tests.ops.bench import OpsBench
from tests.ops.deployed import aws_client, make_rest_api


def test_each_layer_and_the_sums(caching: OpsBench) -> None:
    """What is shown are the deployed TTLs, and sums as synth adds them up."""
    ran = caching.run("ttl", "show")
    assert ran.exit_code == 0, ran.everything
    (api,) = ran.data["apis"]
    assert ran.data["verdict_ttl_seconds"] == {"deployed": 15, "tightened_to": None, "now": 15}
    assert api["gateway_ttl_seconds"] == 300
    assert api["known_to_cognito"]["seconds"] == 300 + 5 + 15
    assert api["pushed"]["seconds"] == 300 + 5
    assert api["stages"] == ["prod"]


def test_an_api_that_caches_longer_than_the_authorizer_knows(bench: OpsBench) -> None:
    """A gateway TTL above the one that the function knows of is a finding."""
    assert bench.run("ttl", "show").exit_code == 0
    bench.add_http_api(ttl_seconds=60)
    ran = bench.run("ttl", "show")
    assert ran.exit_code == 1
    assert {api["kind"] for api in ran.data["apis"]} == {"REST", "HTTP"}
    assert any("caches for 60 s" in finding for finding in ran.data["findings"])


def test_a_stage_that_was_deployed_with_a_longer_ttl(bench: OpsBench) -> None:
    """What a stage was deployed with counts, until it is deployed anew."""
    bench.deploy(bench.rest_api_id, ttl_seconds=300)
    ran = bench.run("ttl", "show")
    (api,) = ran.data["apis"]
    assert ran.exit_code == 1
    assert api["gateway_ttl_seconds"] == 300
    assert any("caches for 300 s" in finding for finding in ran.data["findings"])


def test_a_stage_that_is_not_exported(bench: OpsBench) -> None:
    """What a stage repeats is not known then: said, and not taken for what is configured."""
    bench.exports.clear()
    ran = bench.run("ttl", "show")
    assert (ran.exit_code, ran.data["findings"]) == (3, [])
    assert ran.document["warnings"] == [
        "orders/sessions: API Gateway does not export stage prod, whose TTL may be another"
    ]


def test_an_api_that_invokes_the_function_by_another_name(bench: OpsBench) -> None:
    """An API that invokes the function without the alias is found, another function's is not."""
    url, bare = bench.stack.cognito.url, bench.function_arn.removesuffix(":live")
    make_rest_api(url, bare, ttl_seconds=0)
    make_rest_api(url, f"{bare}Other", ttl_seconds=0)
    assert len(bench.run("ttl", "show").data["apis"]) == 2


def test_where_no_api_is_found(bench: OpsBench) -> None:
    """It says which kinds were looked for: AppSync may ask all the same."""
    client = aws_client(bench.stack.cognito.url, "apigateway")
    client.delete_rest_api(restApiId=bench.rest_api_id)
    ran = bench.run("ttl", "show")
    (finding,) = ran.data["findings"]
    assert ran.exit_code == 1
    assert finding.startswith("no REST, HTTP or WebSocket API in this Region")
    assert "AppSync" in finding


@pytest.mark.parametrize(("maximum", "exit_code"), [(20, 0), (19, 1)])
def test_a_sum_above_the_declared_maximum(bench: OpsBench, maximum: int, exit_code: int) -> None:
    """The maximum is read from the stack's outputs, and a sum above it is a finding."""
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {MAXIMUM_OUTPUT: {"Value": str(maximum)}},
    }
    client = aws_client(bench.stack.cognito.url, "cloudformation")
    client.create_stack(StackName=bench.name, TemplateBody=json.dumps(template))
    ran = bench.run("ttl", "show")
    assert ran.data["maximum_seconds"] == maximum
    assert ran.exit_code == exit_code
