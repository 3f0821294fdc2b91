"""AWS Signature Version 4 for one kind of request: a POST to ``/`` without a query.

Held against botocore's own signer in ``tests/contracts/test_sigv4.py``.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key, with the session token that temporary ones have."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)


class Signer:
    """Signs requests to one service in one Region."""

    def __init__(self, service: str, region: str) -> None:
        self._service = service
        self._region = region
        self._key_for: tuple[str, str, bytes] | None = None

    def sign(
        self, headers: Mapping[str, str], body: bytes, credentials: Credentials, *, now: float
    ) -> dict[str, str]:
        """The headers to send: those given, and date, session token and authorization."""
        moment = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
        day = moment[:8]
        signed = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
        signed["x-amz-date"] = moment
        if credentials.session_token:
            signed["x-amz-security-token"] = credentials.session_token
        names = ";".join(sorted(signed))
        canonical_headers = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        digest = hashlib.sha256(body).hexdigest()
        canonical = f"POST\n/\n\n{canonical_headers}\n{names}\n{digest}"
        scope = f"{day}/{self._region}/{self._service}/aws4_request"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashed}"
        key = self._signing_key(credentials.secret_access_key, day)
        signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
        signed["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credentials.access_key_id}/{scope},"
            f" SignedHeaders={names}, Signature={signature}"
        )
        return signed

    def _signing_key(self, secret: str, day: str) -> bytes:
        """Derived once a day and secret: it takes four rounds of HMAC."""
        if self._key_for is None or self._key_for[:2] != (secret, day):
            key = f"AWS4{secret}".encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = hmac.new(key, part.encode(), hashlib.sha256).digest()
            self._key_for = (secret, day, key)
        return self._key_for[2]
