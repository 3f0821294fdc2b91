"""One request's way through the gateway: route, identity, cache, authorizer, policy, backend."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from local.clock import WallClock
from local.gateway.answers import AuthorizerAnswer, RefusedError, ask_authorizer
from local.gateway.cache import ResultCache
from local.gateway.config import (
    Api,
    AuthorizerConfig,
    BackendCall,
    Flavour,
    Refusal,
)
from local.gateway.events import Arrival, build_event, method_arn
from local.gateway.identity import IdentitySourceError, identity_values
from local.gateway.matching import Match, match_route
from local.gateway.messages import HttpAnswer, HttpRequest
from local.gateway.refusals import context_as_text, word_refusal
from local.server import RAW_HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Gateway:
    """Serves one stage of one API; a WSGI application, and callable without a server."""

    def __init__(self, api: Api, clock: WallClock) -> None:
        self._api = api
        self._clock = clock
        self._cache = ResultCache(clock)

    def flush_authorizers_cache(self) -> None:
        """Forget every authorizer's answers."""
        self._cache.flush()

    def answer(self, request: HttpRequest) -> HttpAnswer:
        """Answer one request. A refusal is an answer like any other."""
        request_id = str(uuid.uuid4())
        try:
            match = self._route(request)
            context: Mapping[str, Any] = {}
            if match.route.authorizer is not None:
                arrival = Arrival(self._api, match, request, request_id, self._clock())
                granted = self._authorize(match.route.authorizer, arrival)
                context = self._backend_context(granted)
        except RefusedError as refused:
            return word_refusal(
                self._api, refused.refusal, request_id=request_id, context=refused.context
            )
        return match.route.backend(BackendCall(request, match.route, context))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request (PEP 3333)."""
        request = Request(environ)
        answer = self.answer(
            HttpRequest(
                method=request.method,
                path=environ["RAW_URI"].partition("?")[0],
                query=environ["QUERY_STRING"],
                headers=tuple(environ[RAW_HEADERS]),
                body=request.get_data(),
                source_ip=environ["REMOTE_ADDR"],
            )
        )
        headers = [*answer.headers.items(), *answer.further_headers]
        response = Response(answer.body, status=answer.status, headers=headers)
        return response(environ, start_response)

    def _route(self, request: HttpRequest) -> Match:
        match = match_route(self._api, request)
        if match is None:
            raise RefusedError(Refusal.MISSING_AUTHENTICATION_TOKEN)
        return match

    def _authorize(self, config: AuthorizerConfig, arrival: Arrival) -> AuthorizerAnswer:
        values = self._identity(config, arrival.match, arrival.request)
        answer = self._cache.get(config, values)
        if answer is None:
            answer = ask_authorizer(config, self._api, build_event(config, arrival, values))
            self._cache.put(config, values, answer)
        # A cached policy is asked about the method that is called now.
        if not answer.allows(method_arn(self._api, arrival.request), arrival.at):
            raise RefusedError(Refusal.ACCESS_DENIED, answer.context)
        return answer

    def _identity(
        self, config: AuthorizerConfig, match: Match, request: HttpRequest
    ) -> tuple[str, ...]:
        try:
            values = identity_values(config, self._api, match, request)
        except IdentitySourceError as error:
            raise RefusedError(Refusal.AUTHORIZER_CONFIGURATION_ERROR) from error
        if values is None:
            raise RefusedError(Refusal.UNAUTHORIZED)
        if config.token_pattern and not re.fullmatch(config.token_pattern, values[0]):
            raise RefusedError(Refusal.UNAUTHORIZED)
        return values

    def _backend_context(self, granted: AuthorizerAnswer) -> dict[str, Any]:
        if self._api.flavour is Flavour.HTTP:
            return {"lambda": dict(granted.context)}
        return {"principalId": granted.principal} | context_as_text(granted.context)
