"""One call of Cognito: what is sent, and what its answers mean.

How it behaves over sockets is shown in ``tests/faults/test_hook.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from cognito.calls import UNSIGNED, Cognito
from cognito.errors import KNOWN_CODES, PASSING, CognitoError
from tests.tokens import NOW, POOL_ID, REGION
from tests.unit.cognito.line import DONE, SAID, Line, failing
from transport import Answer, Deadline, TransportError
from transport.sigv4 import Credentials, Signer

_ENDPOINT = f"https://cognito-idp.{REGION}.amazonaws.com"
_KEYS = Credentials("AKID", "secret", "token")
_USER = {"UserPoolId": POOL_ID, "Username": "ada"}


def call(line: Line, operation: str = "AdminUserGlobalSignOut", keys: Credentials = _KEYS) -> Any:
    """Call once."""
    cognito = Cognito(
        REGION, _ENDPOINT, credentials=lambda: keys, transport=line, clock=lambda: NOW
    )
    return cognito(operation, _USER, Deadline.after(3, line.monotonic))


def failure(*answers: Answer | TransportError, keys: Credentials = _KEYS) -> CognitoError:
    """What a call fails with."""
    with pytest.raises(CognitoError) as raised:
        call(Line(list(answers)), keys=keys)
    assert SAID not in repr(raised.value)
    assert str(raised.value) == raised.value.code
    return raised.value


def plain(operation: str) -> Mapping[str, str]:
    """The headers before signing."""
    return {
        "Content-Type": "application/x-amz-json-1.1",
        "Host": f"cognito-idp.{REGION}.amazonaws.com",
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
    }


def test_a_call_is_one_signed_request() -> None:
    """It has the operation's arguments and nothing else in it."""
    line = Line([DONE])
    assert call(line) == {}
    [sent] = line.sent
    assert (sent["method"], sent["url"]) == ("POST", f"{_ENDPOINT}/")
    assert json.loads(sent["body"]) == _USER
    signer = Signer("cognito-idp", REGION)
    signed = signer.sign(plain("AdminUserGlobalSignOut"), sent["body"], _KEYS, now=NOW)
    assert sent["headers"] == signed


@pytest.mark.parametrize("operation", sorted(UNSIGNED))
def test_a_token_needs_no_signature(operation: str) -> None:
    """Whoever has a token may end its session: the function's credentials are not used."""
    line = Line([DONE])
    call(line, operation, Credentials("", "", ""))
    [sent] = line.sent
    assert sent["headers"] == plain(operation)


def test_without_credentials_nothing_is_sent() -> None:
    """An unsigned call would be refused for certain."""
    line = Line([DONE])
    with pytest.raises(CognitoError, match="no credentials"):
        call(line, keys=Credentials("", "", ""))
    assert line.sent == []


def test_an_answer_comes_back() -> None:
    """As it was said."""
    assert call(Line([Answer(200, b'{"Username": "ada"}', "request-1")])) == {"Username": "ada"}


@pytest.mark.parametrize("body", [b"{}", b"", b"[]", b"<html>", b'{"Later": 1}'])
def test_only_cognito_can_say_that_it_is_done(body: bytes) -> None:
    """A success may have no content; what tells it from anybody's page is its request's name."""
    assert isinstance(call(Line([Answer(200, body, "request-1")])), dict)
    assert failure(Answer(200, body)).code == "not an answer of Cognito's"
    for status in (201, 202, 204, 206, 302):
        assert failure(Answer(status, body, "request-1")).code == f"status {status}"


@pytest.mark.parametrize("code", sorted(KNOWN_CODES))
@pytest.mark.parametrize("prefix", ["", "com.amazonaws.cognito#"])
def test_errors_of_awss_are_told_by_their_names(code: str, prefix: str) -> None:
    """And some of them are over soon."""
    error = failure(failing(prefix + code))
    assert (error.code, error.may_pass) == (code, code in PASSING)


@pytest.mark.parametrize(
    "answer",
    [
        failing(SAID),
        failing("SomethingNewException"),
        failing("x#" + "A" * 5000),
        failing(["TooManyRequestsException"]),
        failing(""),
        Answer(400, b"[]"),
        Answer(400, b"<html>"),
        Answer(400, b"\xff"),
        Answer(400, b"[" * 60_000),
    ],
)
def test_nobody_elses_words_are_repeated(answer: Answer) -> None:
    """A name that is none of AWS's is told as its status."""
    error = failure(answer)
    assert (error.code, error.may_pass) == ("status 400", False)


@pytest.mark.parametrize(
    ("passing", "code"),
    [
        (Answer(429, b""), "status 429"),
        (Answer(500, b""), "status 500"),
        (Answer(503, b"<html>busy</html>"), "status 503"),
        (failing("SomethingNewException", 500), "status 500"),
        (TransportError("timed out"), "timed out"),
    ],
)
def test_what_may_pass(passing: Answer | TransportError, code: str) -> None:
    """The network's faults and the service's own."""
    error = failure(passing)
    assert (error.code, error.may_pass) == (code, True)
