from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from ops.answers import UnavailableError, UsageError
from ops.aws import Aws


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


def test_without_a_region() -> None:
    """A Region is asked for, never guessed."""
    with pytest.raises(UsageError, match="Region"):
        Aws(lambda _p, _r: _Session(_Sts(""), region=None))
