"""Our signatures against those of AWS's own SDK, over random requests."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from unittest.mock import patch

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as SdkCredentials
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.tokens import NOW
from transport.sigv4 import Credentials, Signer

_WORD = st.text(string.ascii_letters + string.digits + "-_.:/=+;,\"'", min_size=1, max_size=12)
#: Names that the SDK itself leaves unsigned or sets are not among them.
_NAME = st.text(string.ascii_letters + "-", min_size=1, max_size=12).map(lambda n: f"X-Test-{n}")
_VALUE = st.lists(_WORD, min_size=1, max_size=3).map(" ".join)
_HEADERS = st.dictionaries(_NAME, _VALUE, max_size=4).filter(
    lambda headers: len({name.lower() for name in headers}) == len(headers)
)
_SECRET = st.text(string.printable.strip(), min_size=1, max_size=40)


def by_the_sdk(
    headers: dict[str, str], body: bytes, credentials: Credentials, region: str, now: float
) -> dict[str, str]:
    """What botocore sends."""
    request = AWSRequest(
        method="POST", url=f"https://{headers['Host']}/", headers=headers, data=body
    )
    signer = auth.SigV4Auth(
        SdkCredentials(
            credentials.access_key_id,
            credentials.secret_access_key,
            credentials.session_token or None,
        ),
        "dynamodb",
        region,
    )
    moment = datetime.fromtimestamp(now, UTC)
    with patch.object(auth, "get_current_datetime", return_value=moment):
        signer.add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


@hypothesis_settings(max_examples=200)
@given(
    headers=_HEADERS,
    body=st.binary(max_size=64),
    key_id=st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=20),
    secret=_SECRET,
    session_token=st.one_of(st.just(""), _SECRET),
    region=st.sampled_from(["eu-west-1", "us-gov-east-1", "cn-north-1"]),
    host=st.sampled_from(["dynamodb.eu-west-1.amazonaws.com", "localhost:5000"]),
    now=st.floats(NOW - 100_000_000, NOW + 100_000_000),
)
def test_signatures_are_those_of_the_sdk(
    *,
    headers: dict[str, str],
    body: bytes,
    key_id: str,
    secret: str,
    session_token: str,
    region: str,
    host: str,
    now: float,
) -> None:
    """Whatever is sent with whichever credentials, all headers are what botocore would send."""
    credentials = Credentials(key_id, secret, session_token)
    given_headers = headers | {"Host": host}
    ours = Signer("dynamodb", region).sign(given_headers, body, credentials, now=now)
    sdks = by_the_sdk(given_headers, body, credentials, region, now)
    assert _spaced(ours) == _spaced(sdks)


@hypothesis_settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from(["one", "two"]), st.integers(0, 3)), min_size=2, max_size=6)
)
def test_a_kept_signer_follows_days_and_secrets(uses: list[tuple[str, int]]) -> None:
    """What it has derived for one day and secret is not used for another."""
    kept = Signer("dynamodb", "eu-west-1")
    for secret, day in uses:
        credentials = Credentials("AKID", secret)
        now = NOW + day * 86_400
        fresh = Signer("dynamodb", "eu-west-1").sign({}, b"", credentials, now=now)
        assert kept.sign({}, b"", credentials, now=now) == fresh


def _spaced(headers: dict[str, str]) -> dict[str, str]:
    """botocore's authorization has the same members, with other white space between."""
    return headers | {"authorization": headers["authorization"].replace(", ", ",")}
