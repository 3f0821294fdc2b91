"""Which of an authorizer's answers API Gateway repeats from its cache: an API, for the while.

The cache's time to live is documented, and that refusals are cached as grants are is not
(https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html).
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ops.answers import UnavailableError
from ops.probe import authorizer_function
from ops.probe.asking import Asking, Pace
from ops.run import Run
from transport.aws_answers import service_endpoint

GATEWAY_PROBE_NEEDS = ("apigateway:DELETE", "apigateway:GET", "apigateway:POST", "apigateway:PUT")

#: Calls with one token, one after the other, all within the cache's life.
CALLS = 6
_TTL_SECONDS = 300
_STAGE = "probe"
_ALLOW = "allow"
#: A new API is not known everywhere at once.
_TRIES, _PAUSE_SECONDS = 20, 3.0

#: What the mock behind the authorizer answers.
_TEMPLATE = (
    '{"sandbox": "$context.authorizer.sandbox",'
    ' "counts": "$util.escapeJavaScript($context.authorizer.counts)"}'
)


class Kind(StrEnum):
    """The authorizer's answers."""

    ALLOW = _ALLOW
    DENY = authorizer_function.DENY
    UNAUTHORIZED = authorizer_function.UNAUTHORIZED
    """A raised error with the one text that makes it a 401."""
    FAIL = authorizer_function.FAIL
    """Any other error."""


@dataclass
class CacheResult:
    """What became of :data:`CALLS` calls with one token, by the authorizer's answer.

    Attributes:
        asked: how often the authorizer was asked: once means that its answer was repeated.
        statuses: what the callers got.
    """

    asked: dict[Kind, int] = field(default_factory=dict)
    statuses: dict[Kind, Counter[int]] = field(default_factory=dict)


def measure_cache(asking: Asking, pace: Pace) -> CacheResult:
    """Make the API, call it, and have it deleted with the place.

    Raises:
        ClientError: it could not be made.
        UnavailableError: it does not answer, or more than one sandbox did.
    """
    url = _make_api(asking)
    caller = _Caller(asking.run, url, pace)
    caller.wait_for_it()
    result = CacheResult()
    for kind in Kind:
        sandbox, _ = caller.counts()
        token = f"{kind}-1"
        result.statuses[kind] = Counter(caller.call(token)[0] for _ in range(CALLS))
        same, counts = caller.counts()
        if same != sandbox:
            raise UnavailableError("sandboxes", "another sandbox answered: try again")
        result.asked[kind] = counts.get(token, 0)
    return result


class _Caller:
    """Calls the API, and asks its authorizer what it was asked."""

    def __init__(self, run: Run, url: str, pace: Pace) -> None:
        self._run = run
        self._url = url
        self._pace = pace
        self._questions = 0

    def call(self, token: str) -> tuple[int, bytes]:
        """Status and body of one call."""
        self._pace.wait()
        return self._run.world.fetch(self._url, {"Authorization": token})

    def wait_for_it(self) -> None:
        """Raises UnavailableError: it does not answer as it should within a minute."""
        for _ in range(_TRIES):
            status, _ = self._ask()
            if status == 200:
                return
            self._run.world.pause(_PAUSE_SECONDS)
        raise UnavailableError("api", f"the API answers {status}")

    def counts(self) -> tuple[str, dict[str, int]]:
        """The sandbox that answers, and how often it was asked for each token."""
        status, body = self._ask()
        if status != 200:
            raise UnavailableError("api", f"the API answers {status}")
        document: dict[str, Any] = json.loads(body)
        return document["sandbox"], json.loads(document["counts"])

    def _ask(self) -> tuple[int, bytes]:
        # Each time another token: what is in the cache already would tell old counts.
        self._questions += 1
        return self.call(f"count-{self._questions}")


def _make_api(asking: Asking) -> str:
    """Its address."""
    place, run = asking.place, asking.run
    function_arn = place.make_function(f"{place.name}-authorizer", authorizer_function)
    client = run.aws.client("apigateway")
    with place.making(f"an API named {place.name}"):
        api_id = client.create_rest_api(
            name=place.name, endpointConfiguration={"types": ["REGIONAL"]}
        )["id"]
        place.deleting(f"API {api_id}", lambda: client.delete_rest_api(restApiId=api_id))
    account = function_arn.split(":")[4]
    partition = function_arn.split(":")[1]
    run.aws.client("lambda").add_permission(
        FunctionName=function_arn,
        StatementId="apigateway",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:{partition}:execute-api:{run.aws.region}:{account}:{api_id}/authorizers/*",
    )
    authorizer = client.create_authorizer(
        restApiId=api_id,
        name=place.name,
        type="REQUEST",
        authorizerUri=(
            f"arn:{partition}:apigateway:{run.aws.region}:lambda:path/2015-03-31/functions/"
            f"{function_arn}/invocations"
        ),
        identitySource="method.request.header.Authorization",
        authorizerResultTtlInSeconds=_TTL_SECONDS,
    )
    (root,) = client.get_resources(restApiId=api_id)["items"]
    method = {"restApiId": api_id, "resourceId": root["id"], "httpMethod": "GET"}
    client.put_method(**method, authorizationType="CUSTOM", authorizerId=authorizer["id"])
    client.put_method_response(**method, statusCode="200")
    client.put_integration(
        **method, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}
    )
    client.put_integration_response(
        **method, statusCode="200", responseTemplates={"application/json": _TEMPLATE}
    )
    client.create_deployment(restApiId=api_id, stageName=_STAGE)
    return f"{service_endpoint(f'{api_id}.execute-api', run.aws.region)}/{_STAGE}/"
