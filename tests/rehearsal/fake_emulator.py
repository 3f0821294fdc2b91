"""Stands in for AWS's emulator: takes its options, and plays a function that logs decisions."""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class _Function(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        sys.stdout.write("START\n")
        if "decide" in event:
            line = {"message": "decision", "reason": event["decide"], "sandbox": os.getpid()}
            sys.stdout.write(f"{json.dumps(line)}\n")
        sys.stdout.flush()
        answer: object = event
        if "raise" in event:
            answer = {"errorType": "Unauthorized", "errorMessage": event["raise"]}
        if "environ" in event:
            answer = dict(os.environ)
        body = event["text"] if "text" in event else json.dumps(answer)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    """Serve, unless the handler cannot be loaded."""
    options = dict(zip(sys.argv[1:5:2], sys.argv[2:5:2], strict=True))
    if sys.argv[-1] == "broken.handler":
        sys.exit("no such module")
    port = options["--runtime-interface-emulator-address"].partition(":")[2]
    HTTPServer(("127.0.0.1", int(port)), _Function).serve_forever()


if __name__ == "__main__":
    main()
