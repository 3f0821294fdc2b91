"""The APIs that invoke the authorizer, whichever stack they belong to, and their result caches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ops.aws import Aws, answering
from ops.deployed_stage import (
    DEFAULT_TTL_SECONDS,
    DeployedStage,
    export_http_stage,
    export_rest_stage,
    invoked,
    unqualified,
)

#: What finding them takes.
GATEWAY_NEEDS = ("apigateway:GET",)

#: AppSync's APIs are not looked for, and another account's cannot be.
NO_API = (
    "no REST, HTTP or WebSocket API in this Region and account invokes the authorizer"
    " (AppSync's are not looked for)"
)

#: What stands before a place in a request, in each kind of API's words.
_REQUEST = re.compile(r"^(?:(?:method|route)\.|\$)request\.")


class Kind(StrEnum):
    """Kinds of API."""

    REST = "REST"
    HTTP = "HTTP"
    WEBSOCKET = "WEBSOCKET"


@dataclass(frozen=True, slots=True)
class GuardedApi:
    """One authorizer of one API.

    Attributes:
        ttl_seconds: how long the gateway repeats an answer: the longest of what is configured now
            and of what a stage was deployed with.
        invokes: the function's ARN, with the alias if it names one.
        identity_sources: what the gateway wants before it asks, and keys its cache by:
            ``header.Authorization``, say, in the words that all kinds of API share.
        deployed: its stages as they were deployed, without those that could not be exported.
    """

    kind: Kind
    api_id: str
    name: str
    authorizer_id: str
    authorizer: str
    ttl_seconds: int
    stages: tuple[str, ...]
    invokes: str
    identity_sources: tuple[str, ...] = ()
    deployed: tuple[DeployedStage, ...] = ()

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{self.name}/{self.authorizer}"

    @property
    def can_be_flushed(self) -> bool:
        """Only REST APIs have an operation for it."""
        return self.kind is Kind.REST

    @property
    def unknown_stages(self) -> tuple[str, ...]:
        """Stages that nobody could say how they were deployed.

        Of WebSocket APIs none: their answers are not repeated.
        """
        if self.kind is Kind.WEBSOCKET:
            return ()
        known = {stage.name for stage in self.deployed}
        return tuple(name for name in self.stages if name not in known)

    @property
    def may_repeat(self) -> bool:
        """Whether its gateway repeats answers, for all that is known."""
        return self.ttl_seconds > 0 or bool(self.unknown_stages)


def find_gateways(
    aws: Aws, function_arn: str, looked_at: Callable[[int, int], None] = lambda _done, _all: None
) -> tuple[GuardedApi, ...]:
    """Every authorizer in the Region that invokes the function, by any alias.

    Args:
        aws: the account.
        function_arn: with or without an alias.
        looked_at: told how many of how many APIs were looked at: an account may have hundreds.

    Raises:
        UnavailableError: API Gateway did not say.
    """
    wanted = unqualified(function_arn)
    with answering():
        rest, others = _rest_apis(aws), _other_apis(aws)
        found: list[GuardedApi] = []
        for done, (read, api) in enumerate(
            [(_of_rest, a) for a in rest] + [(_of_v2, a) for a in others]
        ):
            looked_at(done, len(rest) + len(others))
            found += [g for g in read(aws, api) if unqualified(g.invokes) == wanted]
    return tuple(_as_deployed(aws, api, function_arn) for api in found)


def _as_deployed(aws: Aws, api: GuardedApi, function_arn: str) -> GuardedApi:
    """An API with what its stages were deployed with; who ends a session needs not all to say."""
    if api.kind is Kind.WEBSOCKET:
        return api
    export = export_rest_stage if api.kind is Kind.REST else export_http_stage
    stages = []
    for name in api.stages:
        with suppress(ClientError, BotoCoreError, ValueError):
            stages.append(export(aws, api.api_id, name))
    longest = max((stage.ttl_seconds(function_arn, api.authorizer) for stage in stages), default=0)
    return replace(api, ttl_seconds=max(api.ttl_seconds, longest), deployed=tuple(stages))


def flush(aws: Aws, api: GuardedApi, stage: str) -> None:
    """Drop every answer that a stage of a REST API has cached; of all users, nothing finer.

    https://docs.aws.amazon.com/apigateway/latest/api/API_FlushStageAuthorizersCache.html

    Raises:
        ClientError: API Gateway refuses.
    """
    client = aws.client("apigateway")
    client.flush_stage_authorizers_cache(restApiId=api.api_id, stageName=stage)


def _rest_apis(aws: Aws) -> list[dict[str, Any]]:
    pages = aws.client("apigateway").get_paginator("get_rest_apis").paginate()
    return [api for page in pages for api in page.get("items", [])]


def _other_apis(aws: Aws) -> list[dict[str, Any]]:
    pages = aws.client("apigatewayv2").get_paginator("get_apis").paginate()
    return [api for page in pages for api in page.get("Items", [])]


def _of_rest(aws: Aws, api: dict[str, Any]) -> Iterator[GuardedApi]:
    client = aws.client("apigateway")
    pages = client.get_paginator("get_authorizers").paginate(restApiId=api["id"])
    stages: tuple[str, ...] | None = None
    for authorizer in (item for page in pages for item in page.get("items", [])):
        invokes = invoked(authorizer.get("authorizerUri", ""))
        if not invokes:
            continue
        if stages is None:
            listed = client.get_stages(restApiId=api["id"]).get("item", [])
            stages = tuple(stage["stageName"] for stage in listed)
        yield GuardedApi(
            Kind.REST,
            api["id"],
            api.get("name", api["id"]),
            authorizer["id"],
            authorizer.get("name", authorizer["id"]),
            int(authorizer.get("authorizerResultTtlInSeconds", DEFAULT_TTL_SECONDS)),
            stages,
            invokes,
            _places(authorizer.get("identitySource", "").split(",")),
        )


def _of_v2(aws: Aws, api: dict[str, Any]) -> Iterator[GuardedApi]:
    client = aws.client("apigatewayv2")
    kind = Kind(api.get("ProtocolType", Kind.HTTP))
    pages = client.get_paginator("get_authorizers").paginate(ApiId=api["ApiId"])
    stages: tuple[str, ...] | None = None
    for authorizer in (item for page in pages for item in page.get("Items", [])):
        invokes = invoked(authorizer.get("AuthorizerUri", ""))
        if not invokes:
            continue
        if stages is None:
            listed = client.get_stages(ApiId=api["ApiId"]).get("Items", [])
            stages = tuple(stage["StageName"] for stage in listed)
        cached = authorizer.get("AuthorizerResultTtlInSeconds", DEFAULT_TTL_SECONDS)
        yield GuardedApi(
            kind,
            api["ApiId"],
            api.get("Name", api["ApiId"]),
            authorizer["AuthorizerId"],
            authorizer.get("Name", authorizer["AuthorizerId"]),
            # $connect is asked about once for each connection; nothing is cached.
            0 if kind is Kind.WEBSOCKET else int(cached),
            stages,
            invokes,
            _places(authorizer.get("IdentitySource", [])),
        )


def _places(sources: Iterable[str]) -> tuple[str, ...]:
    return tuple(_REQUEST.sub("", source.strip()) for source in sources if source.strip())
