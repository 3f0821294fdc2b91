"""The SDK as the program uses it: watched, made to fail, and helped where moto knows nothing."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.session

from tests.ops.deployed import LOADER

#: Whose permission is the token alone.
_UNSIGNED = {
    "GetTokensFromRefreshToken",
    "GetUser",
    "GlobalSignOut",
    "InitiateAuth",
    "RespondToAuthChallenge",
    "RevokeToken",
}

#: Where IAM does not call a service by its endpoint.
_IAM_NAMES = {"monitoring": "cloudwatch"}

#: What tagging takes besides, where it is done by what makes the thing.
_TAGGING = {"iam": "TagRole", "sqs": "TagQueue"}

#: API Gateway's actions are HTTP's methods, of each operation that does not only read.
_METHODS = {"Create": "POST", "Delete": "DELETE", "Flush": "DELETE", "Put": "PUT"}


@dataclass(kw_only=True)
class WatchedAws:
    """Makes sessions whose calls are watched. Operations are named ``service:Operation``.

    Attributes:
        flush_gateway: empties the local gateway's cache.
        called: operations that the program has called, and what tagging takes besides.
        broken: operations that answer AccessDeniedException.
        broken_after: the same, after so many that are answered.
        failing: operations that answer a code and a message.
        lost: what comes in the place of an operation's answer, when it is done.
        watch: told of each operation's parameters and model.
        answered: told of each answer.
        flushes: stages whose cache was flushed.
        http_authorizers: of HTTP APIs, by the path that lists them.
        exports: what an API's stages were deployed with, by the API's id.
    """

    flush_gateway: Callable[[], None]
    called: Counter[str] = field(default_factory=Counter)
    broken: set[str] = field(default_factory=set)
    broken_after: dict[str, int] = field(default_factory=dict)
    failing: dict[str, tuple[str, str]] = field(default_factory=dict)
    lost: dict[str, BaseException] = field(default_factory=dict)
    watch: Callable[..., None] = lambda **_: None
    answered: Callable[..., None] = lambda **_: None
    flushes: list[str] = field(default_factory=list)
    http_authorizers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    exports: dict[str, bytes] = field(default_factory=dict)

    def make_session(self, profile: str | None, region: str | None) -> boto3.Session:
        """What the program calls AWS by."""
        assert profile is None
        core = botocore.session.Session()
        core.register_component("data_loader", LOADER)
        session = boto3.Session(botocore_session=core, region_name=region)
        session.events.register("provide-client-params", self._note_tags)
        session.events.register("before-call", self._note)
        session.events.register("after-call", self._note_answer)
        return session

    def _note_answer(self, model: Any, parsed: Any, **_: Any) -> None:
        self.answered(model=model, parsed=parsed)
        error = self.lost.get(f"{model.service_model.endpoint_prefix}:{model.name}")
        if error is not None:
            raise error

    def _note_tags(self, model: Any, params: Mapping[str, Any], **_: Any) -> None:
        if any(name.lower().endswith("tags") and given for name, given in params.items()):
            service = model.service_model.endpoint_prefix
            self.called[f"{service}:{_TAGGING.get(service, 'TagResource')}"] += 1

    def _note(self, model: Any, params: Any, **_: Any) -> Any:
        operation = f"{model.service_model.endpoint_prefix}:{model.name}"
        self.called[operation] += 1
        self.watch(params=params, model=model)
        is_over = self.called[operation] > self.broken_after.get(operation, 1_000_000)
        if operation in self.broken or is_over:
            return _refused("AccessDeniedException", model.name)
        if operation in self.failing:
            return _refused(*self.failing[operation])
        if model.name in _OF_NATIVE_SESSIONS:
            return _OF_NATIVE_SESSIONS[model.name]
        if model.name == "FlushStageAuthorizersCache":
            # moto does not know it; the local gateway does.
            self.flush_gateway()
            self.flushes.append(params["url_path"])
            return _answered({})
        if operation == "apigateway:GetAuthorizers" and "/v2/" in params["url_path"]:
            # moto has each authorizer of an HTTP API, and no list of them.
            return _answered({"Items": self.http_authorizers.get(params["url_path"], [])})
        if model.name in ("GetExport", "ExportApi"):
            # moto keeps no copy of what was deployed.
            api_id = re.sub(r"^(/v2)?/(rest)?apis/|/.*$", "", params["url_path"])
            if api_id not in self.exports:
                return _refused("NotFoundException", "no such export")
            return _answered({"body": io.BytesIO(self.exports[api_id])})
        return None


def _answered(document: dict[str, Any]) -> tuple[SimpleNamespace, dict[str, Any]]:
    return SimpleNamespace(status_code=200), document | {"ResponseMetadata": {}}


def _refused(code: str, message: str) -> tuple[SimpleNamespace, dict[str, Any]]:
    error = {"Code": code, "Message": message}
    return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {}}


#: moto has no native sessions: one looks like a pool of the tier Lite, and ends them all the same.
_OF_NATIVE_SESSIONS = {
    "AdminListUserSessions": _refused("FeatureUnavailableInTierException", "not in this tier"),
    "AdminRevokeUserSession": _answered({}),
}


def needed(called: Iterable[str]) -> set[str]:
    """The IAM actions of operations that were called."""
    actions = set()
    for operation in called:
        service, _, name = operation.partition(":")
        if name in _UNSIGNED:
            continue
        service = _IAM_NAMES.get(service, service)
        if service == "apigateway":
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
            name = next((m for verb, m in _METHODS.items() if name.startswith(verb)), "GET")
        actions.add(f"{service}:{name}")
    return actions
