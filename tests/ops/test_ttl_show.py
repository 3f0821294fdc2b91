from __future__ import annotations

from tests.ops.bench import OpsBench, make_http_api


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
    make_http_api(bench, ttl_seconds=60)
    ran = bench.run("ttl", "show")
    assert ran.exit_code == 1
    assert {api["kind"] for api in ran.data["apis"]} == {"REST", "HTTP"}
    assert any("caches for 60 s" in finding for finding in ran.data["findings"])
