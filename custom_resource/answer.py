"""The answer to CloudFormation: one small document, put at the address that came with the request.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

from __future__ import annotations

import json
from collections.abc import Callable

import urllib3

from custom_resource.outcome import Done
from custom_resource.request import Request

Send = Callable[[str, bytes], None]

#: An answer may have 4,096 bytes, and everything but the reason is short.
_LONGEST_REASON = 2048

_RETRY = urllib3.Retry(
    total=3, backoff_factor=0.5, status_forcelist=(500, 502, 503, 504), allowed_methods=["PUT"]
)


class AnswerError(Exception):
    """CloudFormation could not be told. Lambda tries the whole request again."""


def success(request: Request, done: Done) -> bytes:
    """The request was carried out."""
    return _document(
        request, "SUCCESS", PhysicalResourceId=done.physical_id, Data=dict(done.attributes)
    )


def failure(request: Request, reason: str, physical_id: str) -> bytes:
    """It was not; ``reason`` is what the operator reads in the stack's events."""
    return _document(
        request, "FAILED", PhysicalResourceId=physical_id, Reason=reason[:_LONGEST_REASON]
    )


def put(url: str, body: bytes) -> None:
    """Send an answer.

    Raises:
        AnswerError: if it can't be said to have arrived.
    """
    try:
        # The address is signed for a request without a content type.
        answer = urllib3.request(
            "PUT",
            url,
            body=body,
            headers={"Content-Type": ""},
            retries=_RETRY,
            timeout=urllib3.Timeout(connect=2, read=5),
        )
    except urllib3.exceptions.HTTPError as error:
        # Its text holds the address, and whoever knows that may answer.
        raise AnswerError(type(error).__name__) from None
    if answer.status != 200:
        raise AnswerError(f"status {answer.status}")


def _document(request: Request, status: str, **members: object) -> bytes:
    return json.dumps({"Status": status, **request.identity, **members}).encode()
