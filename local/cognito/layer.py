"""The WSGI layer in front of moto: key sets and token operations here, everything else there."""

from __future__ import annotations

import functools
import io
import json
import re
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.wrappers import Request, Response

from local.cognito.errors import CognitoError
from local.cognito.keys import KeyRing
from local.cognito.operations import Operations
from local.cognito.traffic import KEY_SET, Traffic
from local.cognito.trail import Trail

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_TARGET = re.compile(r"AWSCognitoIdentityProviderService\.(?P<operation>[A-Za-z]+)")
_KEY_SET_PATH = re.compile(r"/(?P<pool_id>[a-z0-9-]+_[A-Za-z0-9]+)/\.well-known/jwks\.json")
_CONTENT_TYPE = "application/x-amz-json-1.1"


class _Moto(DomainDispatcherApplication):  # type: ignore[misc]  # moto has no types there
    """The server of moto, which would look through all its folders for each request."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._backends: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        """The same for a host each time."""
        if host not in self._backends:
            self._backends[host] = super().get_backend_for_host(host)
        return self._backends[host]


@functools.cache
def moto_application() -> WSGIApplication:
    """The server of moto, one for the process, as its memory is one for the process."""
    application: WSGIApplication = _Moto()
    return application


class CognitoLayer:
    """A WSGI application that answers for Cognito and passes on what it does not do itself."""

    def __init__(
        self,
        operations: Operations,
        keys: KeyRing,
        traffic: Traffic,
        trail: Trail,
        moto: WSGIApplication,
    ) -> None:
        self._operations = operations
        self._trail = trail
        self._keys = keys
        self._traffic = traffic
        self._moto = moto

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request (PEP 3333)."""
        request = Request(environ)
        key_set = _KEY_SET_PATH.fullmatch(request.path)
        target = _TARGET.fullmatch(request.headers.get("X-Amz-Target", ""))
        if key_set is None and target is None:
            return self._moto(environ, start_response)
        try:
            if key_set is not None:
                self._traffic.admit(KEY_SET)
                answer = Response(
                    json.dumps(self._keys.key_set(key_set["pool_id"])),
                    mimetype="application/json",
                )
            else:
                assert target is not None
                answer = _json(200, self._operate(target["operation"], request))
        except CognitoError as error:
            answer = _json(error.status, {"__type": error.code, "message": error.message})
        return answer(environ, start_response)

    def _operate(self, operation: str, request: Request) -> dict[str, Any]:
        self._traffic.admit(operation)
        raw = request.get_data()
        try:
            body = json.loads(raw)
        except ValueError:
            raise CognitoError("SerializationException", "Not JSON") from None
        if not isinstance(body, dict):
            raise CognitoError("SerializationException", "Not a JSON object")
        act = self._operations.named(operation)
        whom = self._trail.whom(operation, body)
        try:
            answer = act(body, lambda: self._forward(request.environ, raw))
        except CognitoError as error:
            self._trail.record(operation, body, whom, error=error)
            raise
        self._trail.record(operation, body, whom)
        return answer

    def _forward(self, environ: WSGIEnvironment, raw: bytes) -> dict[str, Any]:
        answer = Response.from_app(
            self._moto,
            environ | {"wsgi.input": io.BytesIO(raw), "CONTENT_LENGTH": str(len(raw))},
        )
        document: dict[str, Any] = json.loads(answer.get_data() or b"{}")
        if answer.status_code != 200:
            raise CognitoError(
                str(document.get("__type", "InternalErrorException")).rpartition("#")[2],
                str(document.get("message", document.get("Message", ""))),
                status=answer.status_code,
            )
        return document


def _json(status: int, document: dict[str, Any]) -> Response:
    return Response(
        json.dumps(document),
        status=status,
        content_type=_CONTENT_TYPE,
        headers={"x-amzn-RequestId": str(uuid.uuid4())},
    )
