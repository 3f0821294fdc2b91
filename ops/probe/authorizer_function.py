"""The Lambda authorizer of the probe's API; this file is the whole function.

It answers what the token asks for, and tells how often it was asked for each in this sandbox.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from typing import Any

#: What a token may begin with. Any other is let in, and told the counts.
DENY, UNAUTHORIZED, FAIL = "deny", "unauthorized", "fail"

_sandbox = uuid.uuid4().hex
_asked: Counter[str] = Counter()


def handle(event: dict[str, Any], asked: Counter[str], sandbox: str) -> dict[str, Any]:
    """Answer one event, and count it in ``asked``.

    Raises:
        Exception: as API Gateway takes it for a refusal, or for a failure.
    """
    token = event["headers"]["Authorization"]
    asked[token] += 1
    kind = token.partition("-")[0]
    if kind == UNAUTHORIZED:
        raise Exception("Unauthorized")  # noqa: TRY002  # API Gateway goes by this text
    if kind == FAIL:
        raise RuntimeError("as it was asked to")
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Deny" if kind == DENY else "Allow",
        "Resource": event["methodArn"],
    }
    return {
        "principalId": "probe",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"sandbox": sandbox, "counts": json.dumps(asked)},
    }


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point."""
    return handle(event, _asked, _sandbox)
