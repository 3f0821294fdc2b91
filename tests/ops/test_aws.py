from __future__ import annotations

import io
from typing import Any

import botocore.exceptions
import pytest
from botocore.exceptions import BotoCoreError, NoCredentialsError
from typer.testing import CliRunner

from ops.answers import Exit, UnavailableError, UsageError
from ops.aws import Aws, unavailable
from ops.program import app
from ops.world import World


class _Sts:
    def __init__(self, date: str) -> None:
        self._date = date
        self.calls = 0

    def get_caller_identity(self) -> dict[str, Any]:
        self.calls += 1
        headers = {"date": self._date}
        return {
            "Account": "123456789012",
            "Arn": "arn:aws:iam::123456789012:user/ada",
            "ResponseMetadata": {"HTTPHeaders": headers},
        }


class _Session:
    def __init__(self, sts: _Sts, region: str | None = "eu-west-1") -> None:
        self.region_name = region
        self._sts = sts

    def client(self, _service: str, **_options: Any) -> _Sts:
        return self._sts


#: Fri, 20 Nov 2026 12:00:00 GMT
_NOON = 1_795_176_000


@pytest.mark.parametrize(
    ("here", "now"),
    [(_NOON + 600, _NOON), (_NOON - 600, _NOON), (_NOON + 2, _NOON + 2), (_NOON + 3, _NOON)],
)
def test_whose_time_counts(here: float, now: float) -> None:
    """A clock of this machine's that is wrong by more than the header can say is corrected."""
    sts = _Sts("Fri, 20 Nov 2026 12:00:00 GMT")
    aws = Aws(lambda _p, _r: _Session(sts), machine_clock=lambda: here)
    assert aws.now() == now


def test_a_date_that_is_none() -> None:
    """Without a usable date this machine's clock counts."""
    aws = Aws(lambda _p, _r: _Session(_Sts("soon")), machine_clock=lambda: 17.0)
    assert aws.now() == 17.0


def test_the_caller_is_asked_for_once() -> None:
    """Who calls does not change within a run."""
    sts = _Sts("Fri, 20 Nov 2026 12:00:00 GMT")
    aws = Aws(lambda _p, _r: _Session(sts))
    assert aws.caller() == aws.caller()
    assert sts.calls == 1


def test_without_credentials() -> None:
    """What needs no credentials has the time of this machine."""

    class _Nobody(_Sts):
        def get_caller_identity(self) -> dict[str, Any]:
            raise NoCredentialsError

    aws = Aws(lambda _p, _r: _Session(_Nobody("")), machine_clock=lambda: 17.0)
    assert aws.now() == 17.0
    with pytest.raises(UnavailableError, match="credentials"):
        aws.caller()


def _raised(name: str, **details: str) -> BotoCoreError:
    error: BotoCoreError = getattr(botocore.exceptions, name)(**details)
    return error


@pytest.mark.parametrize(
    "error",
    [
        _raised("EndpointConnectionError", endpoint_url="https://s3cret"),
        _raised("ConnectTimeoutError", endpoint_url="https://s3cret"),
        _raised("ConnectionClosedError", endpoint_url="https://s3cret"),
        _raised("ReadTimeoutError", endpoint_url="https://s3cret"),
        _raised("ProxyConnectionError", proxy_url="https://s3cret"),
        _raised("SSLError", endpoint_url="https://s3cret", error="s3cret"),
        _raised("IncompleteReadError", actual_bytes="1", expected_bytes="2"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_aws_does_not_answer(error: BotoCoreError) -> None:
    """What befalls a request on its way is called by its name, without its text."""
    told = unavailable(error)
    assert told.exit_code == Exit.UNAVAILABLE
    assert str(told) == f"AWS did not answer: {type(error).__name__}"


@pytest.mark.parametrize(
    "error",
    [
        _raised("UnauthorizedSSOTokenError"),
        _raised("SSOTokenLoadError", error_msg="s3cret"),
        _raised("CredentialRetrievalError", provider="s3cret", error_msg="s3cret"),
        _raised("MissingDependencyException", msg="s3cret"),
        _raised("ConfigParseError", path="s3cret", error="s3cret"),
        _raised("UnknownEndpointError", service_name="s3cret", region_name="s3cret"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_this_machine_cannot_ask(error: BotoCoreError) -> None:
    """Of an expired sign-in or a broken configuration AWS is not blamed, and no text is shown."""
    told = unavailable(error)
    assert (told.exit_code, told.code) == (Exit.UNAVAILABLE, type(error).__name__)
    assert "this machine's AWS set-up or sign-in" in str(told)
    assert type(error).__name__ in str(told)
    assert "did not answer" not in str(told)
    assert "s3cret" not in str(told)


def test_a_region_that_is_none() -> None:
    """What cannot be a Region's name is a usage error, and not repeated."""
    ran = CliRunner().invoke(app, ["getuser", "--region", "eu west"], obj=_with_a_token())
    assert ran.exit_code == Exit.USAGE
    assert "no Region" in ran.stderr
    assert "eu west" not in ran.stderr


def _with_a_token() -> World:
    return World(standard_input=io.StringIO("a-token"), is_terminal=lambda: False)


def test_without_a_region() -> None:
    """A Region is asked for, never guessed."""
    with pytest.raises(UsageError, match="Region"):
        Aws(lambda _p, _r: _Session(_Sts(""), region=None))
