"""Cognito and DynamoDB as the candidates see them, in a process of its own.

``python -m benchmarks.loopback`` reads one line of JSON (``key_set`` and ``revoked``, a list of
tokens), prints its port, and serves until its input ends.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.pool import KEY_SET_PATH
from ledger.dynamodb import ConditionFailedError
from tests.dynamodb import FakeDynamoDb
from transport import Deadline

_REVOKED = {"__type": "NotAuthorizedException", "message": "Access Token has been revoked"}
_FAILED = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}
_USER = {"Username": "ada", "UserAttributes": [{"Name": "email", "Value": "ada@example.com"}]}
_NEVER = Deadline.after(1e9, lambda: 0.0)


class LoopbackServer(ThreadingHTTPServer):
    """One thread for each connection, which is kept alive."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, key_set: Mapping[str, Any], revoked: frozenset[str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.key_set = json.dumps(key_set).encode()
        self.revoked = revoked
        self.table = FakeDynamoDb()
        self.one_at_a_time = threading.Lock()

    def answer(self, target: str, payload: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Carry out one operation of AWS's JSON protocol."""
        service, _, operation = target.partition(".")
        if operation == "GetUser":
            return (400, _REVOKED) if payload["AccessToken"] in self.revoked else (200, _USER)
        assert service == "DynamoDB_20120810", target
        with self.one_at_a_time:
            try:
                document = self.table(operation, payload, _NEVER)
            except ConditionFailedError:
                return 400, _FAILED
        return 200, dict(document)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together
    server: LoopbackServer

    def do_GET(self) -> None:
        assert self.path == KEY_SET_PATH, self.path
        self._send(200, self.server.key_set)

    def do_POST(self) -> None:
        payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, document = self.server.answer(self.headers["X-Amz-Target"], payload)
        self._send(status, json.dumps(document).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_what: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve."""
    told = json.loads(sys.stdin.readline())
    server = LoopbackServer(told["key_set"], frozenset(told["revoked"]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
