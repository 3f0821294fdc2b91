"""From an unverified token to a verified one: form, signature, claims, in that order.

Only :class:`Verifier` makes a :class:`VerifiedToken`, and only a verified token has claims that
anything else may look at. What the token's text says about where its key is found (``jku``,
``x5u``, ``jwk``, RFC 7515, section 4.1) is never followed: such a header is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from jwt.algorithms import RSAAlgorithm

from authorizer.errors import Reason, refusal
from authorizer.https import Deadline
from authorizer.keys import KeyStore, WallClock
from authorizer.policy import Grants
from authorizer.settings import Settings, TokenUse

#: Cognito signs with RS256 only; the algorithm is never taken from the token (RFC 8725, 3.1).
ALGORITHM = "RS256"
_RS256 = RSAAlgorithm(RSAAlgorithm.SHA256)

_SEGMENT = re.compile(rb"[A-Za-z0-9_-]*")
_MAX_KID_CHARS = 256
#: Header members that are understood. Anything else that would change how the token is to be
#: verified must be refused, not skipped: crit, b64, jku, jwk, x5u, x5c, zip and the rest.
_HEADER_MEMBERS = frozenset({"alg", "kid", "typ"})
#: RFC 7519, section 5.1 and RFC 9068, section 2.1; Cognito sends none, or JWT.
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
#: 9999-12-31: NumericDate values beyond it are nonsense and overflow what comes after.
_LATEST = 253_402_300_799
_MAX_NAME_CHARS = 2048


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """A token that is well-formed, and of which nothing is known to be true."""

    kid: str
    claimed_issuer: str
    payload: Mapping[str, Any]
    signing_input: bytes
    signature: bytes

    @classmethod
    def parse(cls, text: str) -> UnverifiedToken:
        """Take a compact JWS (RFC 7515, section 7.1) apart, in its one canonical spelling.

        Raises:
            CredentialError: TOKEN_MALFORMED, ALGORITHM_NOT_ALLOWED or HEADER_NOT_ALLOWED.
        """
        try:
            raw = text.encode("ascii")
        except UnicodeEncodeError:
            raise refusal(Reason.TOKEN_MALFORMED) from None
        segments = raw.split(b".")
        if len(segments) != 3:
            raise refusal(Reason.TOKEN_MALFORMED)
        header = _json_object(_decode(segments[0]))
        if header.get("alg") != ALGORITHM:
            raise refusal(Reason.ALGORITHM_NOT_ALLOWED)
        if not set(header) <= _HEADER_MEMBERS:
            raise refusal(Reason.HEADER_NOT_ALLOWED)
        kid = header.get("kid")
        if not isinstance(kid, str) or not 0 < len(kid) <= _MAX_KID_CHARS:
            raise refusal(Reason.HEADER_NOT_ALLOWED)
        kind = header.get("typ", "JWT")
        if not isinstance(kind, str) or kind.lower() not in _TYPES:
            raise refusal(Reason.HEADER_NOT_ALLOWED)
        payload = _json_object(_decode(segments[1]))
        issuer = payload.get("iss")
        return cls(
            kid=kid,
            claimed_issuer=issuer if isinstance(issuer, str) else "",
            payload=payload,
            signing_input=b".".join(segments[:2]),
            signature=_decode(segments[2]),
        )


@dataclass(frozen=True, slots=True)
class SessionId:
    """The name of a session, from verified claims: what verdicts are remembered under."""

    issuer: str
    subject: str
    session: str


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """A token whose signature and claims hold. All times are seconds since the epoch."""

    text: str
    issuer: str
    subject: str
    token_use: TokenUse
    client_id: str
    is_machine: bool
    username: str
    scopes: frozenset[str]
    groups: tuple[str, ...]
    issued_at: int
    authenticated_at: int
    expires_at: int
    token_id: str
    session_id: str

    def __repr__(self) -> str:
        """Without the token: a representation ends up in logs."""
        return f"VerifiedToken(session_id={self.session_id!r}, client_id={self.client_id!r})"

    @property
    def session(self) -> SessionId:
        """The session that the token belongs to."""
        return SessionId(self.issuer, self.subject, self.session_id)

    @property
    def grants(self) -> Grants:
        """What the token grants to route rules."""
        return Grants(self.scopes, frozenset(self.groups))


class KeyFinder(Protocol):
    """Where a verifier gets its keys."""

    def find(self, kid: str, deadline: Deadline) -> Any:
        """See :meth:`authorizer.keys.KeyStore.find`."""
        ...


class Verifier:
    """Verifies tokens of the configured issuers, clients and uses."""

    def __init__(
        self, settings: Settings, keys: Mapping[str, KeyStore | KeyFinder], *, clock: WallClock
    ) -> None:
        """
        Args:
            settings: allow-lists and leeway.
            keys: a key store for each issuer.
            clock: wall-clock time, seconds since the epoch.
        """
        self._settings = settings
        self._keys = keys
        self._clock = clock

    def verify(self, text: str, deadline: Deadline) -> VerifiedToken:
        """Check form, issuer, signature and claims of a token.

        Raises:
            CredentialError: the token is not good.
            UnavailableError: its key can't be had now.
        """
        token = UnverifiedToken.parse(text)
        store = self._keys.get(token.claimed_issuer)
        if store is None:
            # Before any key is looked for: a foreign token must not cost a fetch.
            raise refusal(Reason.ISSUER_NOT_ALLOWED)
        key = store.find(token.kid, deadline)
        if not _RS256.verify(token.signing_input, key, token.signature):
            raise refusal(Reason.SIGNATURE_INVALID)
        return self._check_claims(text, token)

    def _check_claims(self, text: str, token: UnverifiedToken) -> VerifiedToken:
        claims = _Claims(token.payload)
        claims.require("iss", "sub", "token_use", "iat", "exp", "auth_time")
        use = self._token_use(claims)
        if use is TokenUse.ACCESS:
            claims.require("client_id", "jti")
            client_id = claims.name("client_id")
        else:
            claims.require("aud", "cognito:username")
            client_id = claims.name("aud")
        subject = claims.name("sub")
        issued_at, expires_at = claims.moment("iat"), claims.moment("exp")
        authenticated_at = claims.moment("auth_time")
        self._check_times(issued_at, expires_at, authenticated_at, claims.moment_or_none("nbf"))
        is_machine = use is TokenUse.ACCESS and subject == client_id
        self._check_client(client_id, is_machine=is_machine)
        if use is TokenUse.ACCESS and not is_machine:
            claims.require("username")
        username_claim = "username" if use is TokenUse.ACCESS else "cognito:username"
        token_id = claims.optional_name("jti")
        session_id = claims.optional_name("origin_jti") or token_id
        if not session_id:
            # Without token revocation an ID token names no session, and nobody could end one.
            raise refusal(Reason.CLAIM_MISSING)
        return VerifiedToken(
            text=text,
            issuer=token.claimed_issuer,
            subject=subject,
            token_use=use,
            client_id=client_id,
            is_machine=is_machine,
            username="" if is_machine else claims.name(username_claim),
            scopes=frozenset(claims.optional_text("scope").split()),
            groups=claims.names("cognito:groups"),
            issued_at=issued_at,
            authenticated_at=authenticated_at,
            expires_at=expires_at,
            token_id=token_id or session_id,
            session_id=session_id,
        )

    def _token_use(self, claims: _Claims) -> TokenUse:
        use = claims.name("token_use")
        if use not in self._settings.token_uses:
            raise refusal(Reason.TOKEN_USE_NOT_ALLOWED)
        return TokenUse(use)

    def _check_times(
        self, issued_at: int, expires_at: int, authenticated_at: int, not_before: int | None
    ) -> None:
        now, leeway = self._clock(), self._settings.leeway_seconds
        if now >= expires_at + leeway:
            raise refusal(Reason.TOKEN_EXPIRED)
        if any(moment > now + leeway for moment in (issued_at, authenticated_at, not_before or 0)):
            raise refusal(Reason.TOKEN_NOT_YET_VALID)

    def _check_client(self, client_id: str, *, is_machine: bool) -> None:
        settings = self._settings
        if is_machine:
            if client_id not in settings.machine_client_ids:
                raise refusal(Reason.MACHINE_TOKEN_NOT_ALLOWED)
        elif client_id not in settings.client_ids:
            raise refusal(Reason.CLIENT_NOT_ALLOWED)


class _Claims:
    """Reads claims by type. Every reader refuses what is not of the stated type."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        self._payload = payload

    def require(self, *names: str) -> None:
        if any(name not in self._payload for name in names):
            raise refusal(Reason.CLAIM_MISSING)

    def name(self, claim: str) -> str:
        """A short text that is not empty."""
        value = self._payload.get(claim)
        if not isinstance(value, str) or not 0 < len(value) <= _MAX_NAME_CHARS:
            raise refusal(Reason.CLAIM_MALFORMED)
        return value

    def optional_name(self, claim: str) -> str:
        return self.name(claim) if claim in self._payload else ""

    def optional_text(self, claim: str) -> str:
        value = self._payload.get(claim, "")
        if not isinstance(value, str):
            raise refusal(Reason.CLAIM_MALFORMED)
        return value

    def names(self, claim: str) -> tuple[str, ...]:
        values = self._payload.get(claim, [])
        if not isinstance(values, list) or not all(isinstance(v, str) and v for v in values):
            raise refusal(Reason.CLAIM_MALFORMED)
        return tuple(values)

    def moment(self, claim: str) -> int:
        """Seconds since the epoch, as an integer: no float, no text, no truth value."""
        value = self._payload.get(claim)
        if type(value) is not int or not 0 < value <= _LATEST:
            raise refusal(Reason.CLAIM_MALFORMED)
        return value

    def moment_or_none(self, claim: str) -> int | None:
        return self.moment(claim) if claim in self._payload else None


def _decode(segment: bytes) -> bytes:
    """Decode base64url without padding (RFC 7515, section 2), in its one canonical spelling.

    Decoders commonly take padding, stray characters and non-zero trailing bits, so that one
    token has many spellings. Here it has one.
    """
    if _SEGMENT.fullmatch(segment) is None:
        raise refusal(Reason.TOKEN_MALFORMED)
    try:
        decoded = base64.urlsafe_b64decode(segment + b"=" * (-len(segment) % 4))
    except (binascii.Error, ValueError):
        raise refusal(Reason.TOKEN_MALFORMED) from None
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != segment:
        raise refusal(Reason.TOKEN_MALFORMED)
    return decoded


def _json_object(data: bytes) -> dict[str, Any]:
    """A JSON object in UTF-8 with no member twice (RFC 7515, section 4; RFC 8725, section 2.4)."""
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_unique_members, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        raise refusal(Reason.TOKEN_MALFORMED) from None
    if not isinstance(value, dict):
        raise refusal(Reason.TOKEN_MALFORMED)
    return value


def _unique_members(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise ValueError("a member stands twice")
        members[name] = value
    return members


def _no_constant(_name: str) -> Any:
    raise ValueError("NaN and Infinity are not JSON")
