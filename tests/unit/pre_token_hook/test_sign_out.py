"""Cognito's AdminUserGlobalSignOut: what is sent, what answers mean, and when it is tried again.

How it behaves over sockets is shown in ``tests/faults/test_hook.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from ledger.sigv4 import Credentials, Signer
from pre_token_hook.cognito import KNOWN_CODES, MAX_ANSWER_BYTES, Cognito
from pre_token_hook.hook import SignInRefused
from pre_token_hook.settings import Settings
from pre_token_hook.sign_out import AdminUserGlobalSignOut, SignOutError
from pre_token_hook.trigger import Trigger
from pre_token_hook.wiring import wire
from tests.tokens import CLIENT_ID, NOW, POOL_ID, REGION
from tests.unit.pre_token_hook.triggers import SIGN_IN, SUBJECT, USERNAME, version_1
from transport import Answer, Deadline, TransportError

_TRIGGER = Trigger(SIGN_IN, POOL_ID, USERNAME, SUBJECT, CLIENT_ID, frozenset())
_DONE = Answer(200, b"{}", "request-1")
_ENDPOINT = f"https://cognito-idp.{REGION}.amazonaws.com"


def failing(code: Any, status: int = 400) -> Answer:
    """An error in the form of AWS's JSON protocol."""
    text = json.dumps({"__type": code, "message": f"about {USERNAME}"})
    return Answer(status, text.encode(), "request-1")


_THROTTLED = failing("TooManyRequestsException")


@dataclass
class Bench:
    """A Cognito with one answer after another, on a clock that moves by what things take."""

    answers: list[Answer | TransportError]
    environ: Mapping[str, str] = field(default_factory=dict)
    seconds_each: float = 0.0
    chance: float = 0.5
    keys: Credentials = field(default_factory=lambda: Credentials("AKID", "secret", "token"))
    now: float = 0.0
    sent: list[dict[str, Any]] = field(default_factory=list)
    left: list[float] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def sign_out(self) -> None:
        """Sign one user out."""
        cognito = Cognito(
            REGION, _ENDPOINT, credentials=lambda: self.keys, transport=self, clock=lambda: NOW
        )
        AdminUserGlobalSignOut(
            Settings.from_env(self.environ),
            cognito,
            monotonic=lambda: self.now,
            pause=self._pause,
            chance=lambda: self.chance,
        )(_TRIGGER)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def failure(self) -> str:
        """What signing out fails with."""
        with pytest.raises(SignOutError) as raised:
            self.sign_out()
        assert raised.value.__suppress_context__ is True
        assert str(raised.value) == raised.value.code
        return raised.value.code

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        max_bytes: int,
        deadline: Deadline,
    ) -> Answer:
        """See :class:`transport.Transport`."""
        assert max_bytes == MAX_ANSWER_BYTES
        self.sent.append({"method": method, "url": url, "headers": headers, "body": body})
        self.left.append(deadline.remaining_seconds())
        self.now += self.seconds_each
        answer = self.answers[min(len(self.sent), len(self.answers)) - 1]
        if isinstance(answer, TransportError):
            raise answer
        return answer


def test_the_user_is_signed_out_by_name() -> None:
    """One signed request names the pool and the user, and nothing else."""
    bench = Bench([_DONE])
    bench.sign_out()
    [sent] = bench.sent
    assert (sent["method"], sent["url"]) == ("POST", f"{_ENDPOINT}/")
    assert json.loads(sent["body"]) == {"UserPoolId": POOL_ID, "Username": USERNAME}
    plain = {
        "Content-Type": "application/x-amz-json-1.1",
        "Host": f"cognito-idp.{REGION}.amazonaws.com",
        "X-Amz-Target": "AWSCognitoIdentityProviderService.AdminUserGlobalSignOut",
    }
    signer = Signer("cognito-idp", REGION)
    assert sent["headers"] == signer.sign(plain, sent["body"], bench.keys, now=NOW)


@pytest.mark.parametrize("body", [b"{}", b"", b'{"Later": 1}'])
def test_only_cognito_can_say_that_it_is_done(body: bytes) -> None:
    """A success has no content; what tells it from anybody's page is AWS's name of the request."""
    Bench([Answer(200, body, "request-1")]).sign_out()
    assert Bench([Answer(200, body)]).failure() == "not an answer of Cognito's"
    for status in (201, 202, 204, 206, 302):
        assert Bench([Answer(status, body, "request-1")]).failure() == f"status {status}"


@pytest.mark.parametrize("code", sorted(KNOWN_CODES))
@pytest.mark.parametrize("prefix", ["", "com.amazonaws.cognito#"])
def test_errors_of_awss_are_told_by_their_names(code: str, prefix: str) -> None:
    """Whatever Cognito answers instead of a success, the sessions may live on."""
    assert Bench([failing(prefix + code)]).failure() == code


@pytest.mark.parametrize(
    "answer",
    [
        failing(f"about {USERNAME}"),
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
    assert Bench([answer]).failure() == "status 400"


@pytest.mark.parametrize(
    "passing",
    [
        _THROTTLED,
        failing("ThrottlingException"),
        failing("InternalErrorException"),
        Answer(429, b""),
        Answer(500, b""),
        Answer(503, b"<html>busy</html>"),
        TransportError("timed out"),
    ],
)
def test_what_may_pass_is_tried_again(passing: Answer | TransportError) -> None:
    """A second attempt that succeeds is a success."""
    bench = Bench([passing, _DONE])
    bench.sign_out()
    assert (len(bench.sent), bench.pauses) == (2, [0.5])


@pytest.mark.parametrize(
    "answer",
    [
        failing("NotAuthorizedException"),
        failing("UserNotFoundException"),
        failing("AccessDeniedException"),
        failing("SomethingNewException"),
        Answer(302, b""),
        Answer(200, b"<html>welcome</html>"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(answer: Answer) -> None:
    """Asking again would only spend the account's quota."""
    bench = Bench([answer])
    bench.failure()
    assert (len(bench.sent), bench.pauses) == (1, [])


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_there_are_no_more_attempts_than_the_settings_say(attempts: int) -> None:
    """The pauses between them double, and chance says how much of each is made."""
    environ = {
        "MAX_ATTEMPTS": str(attempts),
        "CONNECT_TIMEOUT_MS": "50",
        "READ_TIMEOUT_MS": "100",
    }
    bench = Bench([_THROTTLED], environ)
    assert bench.failure() == "TooManyRequestsException"
    assert (len(bench.sent), bench.pauses) == (attempts, [0.5, 1.0][: attempts - 1])


def test_all_attempts_share_one_deadline() -> None:
    """What an attempt takes longer than it may, the next has less."""
    bench = Bench([TransportError("timed out")], {"MAX_ATTEMPTS": "2"}, 1.75, 1.0)
    assert bench.failure() == "timed out"
    assert bench.left == [3.0, 0.25]
    slow = Bench([TransportError("timed out")], {"MAX_ATTEMPTS": "2"}, 2.75, 1.0)
    assert slow.failure() == "timed out"
    assert (slow.left, slow.pauses) == ([3.0, 0.0], [0.25])


def test_without_credentials_nothing_is_sent() -> None:
    """It is treated like any other failure."""
    bench = Bench([_DONE], keys=Credentials("", "", ""))
    assert bench.failure() == "no credentials"
    assert bench.sent == []


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "cognito-idp.eu-west-1.amazonaws.com"),
        ("cn-north-1", "cognito-idp.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_the_wired_hook_calls_cognito_in_its_region(region: str, host: str) -> None:
    """From the event to Cognito's operation and back, with nothing but the network replaced."""
    bench = Bench([_DONE, failing("UserNotFoundException")])
    environ = {"AWS_REGION": region, "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s"}
    hook = wire(environ, transport=bench, service=f"pre_token_hook-wired-{region}")
    event = version_1()
    assert hook.handle(event) is event
    with pytest.raises(SignInRefused):
        hook.handle(event)
    assert [sent["url"] for sent in bench.sent] == [f"https://{host}/"] * 2


def test_the_wired_hook_pauses_by_chance() -> None:
    """Hooks that met the quota together do not come back together."""
    pauses: list[float] = []
    bench = Bench([_THROTTLED])
    hook = wire(
        {"AWS_ACCESS_KEY_ID": "AKID"},
        transport=bench,
        pause=pauses.append,
        service="pre_token_hook-chance",
    )
    for _ in range(5):
        with pytest.raises(SignInRefused):
            hook.handle(version_1())
    assert len(set(pauses)) == len(pauses) == 5
    assert all(0 <= seconds <= 1 for seconds in pauses)
