"""Token introspection (RFC 7662): a provider's own word on whether a token is active.

The API authenticates itself as a client of the provider (section 2.1), with a secret that is read
when it is first needed, and again after the provider has refused it.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from authorizer.errors import Reason
from authorizer.revocation.getuser import MAX_ANSWER_BYTES
from authorizer.revocation.verdict import ACTIVE, Concerns, Verdict
from authorizer.tokens import VerifiedToken
from issuers.basic import basic_authorization
from issuers.profile import OidcIssuer
from issuers.secret import SecretError
from transport import Answer, Deadline, Transport, TransportError
from transport.aws_answers import json_object

_REVOKED = Verdict.rejected(Reason.SESSION_REVOKED, Concerns.TOKEN)
_MISCONFIGURED = Verdict.unavailable(Reason.ISSUER_MISCONFIGURED)
_THROTTLED = Verdict.unavailable(Reason.ISSUER_THROTTLED)
_FAULT = Verdict.unavailable(Reason.ISSUER_FAULT)
_UNREACHABLE = Verdict.unavailable(Reason.ISSUER_UNREACHABLE)


class Introspection:
    """Asks one provider about its access tokens."""

    name = "introspection"

    def __init__(
        self,
        profile: OidcIssuer,
        *,
        transport: Transport,
        secret: Callable[[Deadline], str],
    ) -> None:
        """
        Args:
            profile: whose tokens, where to ask, and as which client.
            transport: how to reach it.
            secret: the client's secret; raises :class:`issuers.secret.SecretError`.
        """
        assert profile.introspection_url is not None
        self._url = profile.introspection_url
        self._issuer = profile.issuer
        self._client_id = profile.introspection_client_id
        self._transport = transport
        self._secret = secret
        self._authorization: str | None = None

    def can_judge(self, token: VerifiedToken) -> bool:
        """The tokens of its provider, of users and of machines."""
        return token.provider is not None and token.issuer == self._issuer

    def ask(self, token: VerifiedToken, deadline: Deadline) -> Verdict:
        """One call, no retry."""
        try:
            if self._authorization is None:
                secret = self._secret(deadline)
                self._authorization = basic_authorization(self._client_id, secret)
            answer = self._transport.request(
                "POST",
                self._url,
                headers={
                    "Accept": "application/json",
                    "Authorization": self._authorization,
                    "Content-Type": "application/x-www-form-urlencoded",
                },
                body=urlencode({"token": token.text, "token_type_hint": "access_token"}).encode(),
                max_bytes=MAX_ANSWER_BYTES,
                deadline=deadline,
            )
        except SecretError:
            return _MISCONFIGURED
        except TransportError:
            return _UNREACHABLE
        if answer.status == 401:
            self._authorization = None
        return _read(answer, token)


def _read(answer: Answer, token: VerifiedToken) -> Verdict:
    if answer.status in {400, 401, 403}:
        return _MISCONFIGURED
    if answer.status == 429:
        return _THROTTLED
    document = json_object(answer.body) or {}
    is_active = document.get("active")
    if answer.status != 200 or not isinstance(is_active, bool):
        return _FAULT
    if not is_active:
        return _REVOKED
    # Whom it is about need not be said (section 2.2), but can't be somebody else.
    return ACTIVE if document.get("sub", token.subject) == token.subject else _FAULT
