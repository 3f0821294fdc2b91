"""Auth.js's session cookie, opened with the app's secret: an encrypted JWT with the tokens in it.

https://authjs.dev/concepts/session-strategies#jwt-session
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.jwk import OctKey

#: Its name where the app is reached without TLS.
SESSION_COOKIE = "authjs.session-token"
#: The key of A256CBC-HS512.
_KEY_BYTES = 64


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the app holds for a user."""

    access: str
    refresh: str
    identity: str


def open_session_cookie(cookies: Iterable[tuple[str, str]], secret: str) -> Tokens:
    """The tokens in a browser's cookies.

    Args:
        cookies: names and values. A long cookie comes in numbered parts.
        secret: the app's ``AUTH_SECRET``.

    Raises:
        LookupError: there is no session cookie.
    """
    parts = sorted((name, value) for name, value in cookies if name.startswith(SESSION_COOKIE))
    if not parts:
        raise LookupError("no session cookie")
    plain = jwe.decrypt_compact(
        "".join(value for _, value in parts), OctKey.import_key(_key(secret))
    ).plaintext
    claims = json.loads(plain or b"{}")
    return Tokens(claims["accessToken"], claims["refreshToken"], claims["idToken"])


def _key(secret: str) -> bytes:
    info = f"Auth.js Generated Encryption Key ({SESSION_COOKIE})".encode()
    return HKDF(SHA256(), _KEY_BYTES, SESSION_COOKIE.encode(), info).derive(secret.encode())
