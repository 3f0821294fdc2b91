"""The WSGI layer in front of moto's DynamoDB: counters, outages, and one update at a time.

moto judges a condition and then writes, as two steps; DynamoDB does both in one, and the ledger is
built on that. So requests to DynamoDB pass here one by one.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

import io
import json
import re
import threading
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from moto.core.model_instances import reset_model_data
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: In :attr:`DynamoDbLayer.throttled` and :attr:`DynamoDbLayer.down`: every operation.
EVERYTHING = "*"

_TARGET = re.compile(r"DynamoDB_\d{8}\.(?P<operation>[A-Za-z]+)")
_NAMESPACE = "com.amazonaws.dynamodb.v20120810"

#: For the process, as moto's memory is.
_ONE_AT_A_TIME = threading.Lock()


class DynamoDbLayer:
    """Passes requests on to moto, or not. The sets may be changed at any time.

    Attributes:
        calls: requests that arrived, by operation, refused ones included.
        throttled: operations that answer ProvisionedThroughputExceededException.
        down: operations that answer InternalServerError, with status 500.
        is_partial: whether BatchGetItem reads the first key only and returns all others as
            ``UnprocessedKeys``, as it may at any time.
    """

    def __init__(self, moto: WSGIApplication) -> None:
        self.calls: Counter[str] = Counter()
        self.throttled: set[str] = set()
        self.down: set[str] = set()
        self.is_partial = False
        self._moto = moto
        self._counting = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve one request (PEP 3333)."""
        request = Request(environ)
        target = _TARGET.fullmatch(request.headers.get("X-Amz-Target", ""))
        if target is None:
            return self._moto(environ, start_response)
        answer = self._answer(target["operation"], request)
        return answer(environ, start_response)

    @staticmethod
    def forget_history() -> None:
        """Drop moto's list of everything that it ever made: each version of each row is in it.

        Only moto's own console reads it. A stack that runs for long would grow without end.
        """
        reset_model_data()

    def _answer(self, operation: str, request: Request) -> Response:
        with self._counting:
            self.calls[operation] += 1
        if {operation, EVERYTHING} & self.down:
            return _error(500, "InternalServerError", "Internal server error")
        if {operation, EVERYTHING} & self.throttled:
            return _error(
                400,
                "ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table was exceeded.",
            )
        if self.is_partial and operation == "BatchGetItem":
            return self._partly(request)
        return self._forward(request, request.get_data())

    def _forward(self, request: Request, raw: bytes) -> Response:
        passed_on = {"wsgi.input": io.BytesIO(raw), "CONTENT_LENGTH": str(len(raw))}
        with _ONE_AT_A_TIME:
            return Response.from_app(self._moto, request.environ | passed_on, buffered=True)

    def _partly(self, request: Request) -> Response:
        wanted: dict[str, Any] = json.loads(request.get_data())
        held_back: dict[str, Any] = {}
        for table, part in wanted["RequestItems"].items():
            first, others = part["Keys"][:1], part["Keys"][1:]
            wanted["RequestItems"][table] = part | {"Keys": first}
            if others:
                held_back[table] = part | {"Keys": others}
        answer = self._forward(request, json.dumps(wanted).encode())
        document = json.loads(answer.get_data())
        return _json(answer.status_code, document | {"UnprocessedKeys": held_back})


def _error(status: int, code: str, message: str) -> Response:
    return _json(status, {"__type": f"{_NAMESPACE}#{code}", "message": message})


def _json(status: int, document: dict[str, Any]) -> Response:
    return Response(json.dumps(document), status=status, content_type="application/x-amz-json-1.0")
