"""The USERINFO endpoint: of the pool's domain, for tokens without the admin scope, or a provider's.

It refuses a revoked token with 401 and ``invalid_token`` (RFC 6750, section 3.1), and needs the
scope ``openid``.
https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html
"""

from __future__ import annotations

from authorizer.choices import TokenUse
from authorizer.errors import Reason
from authorizer.revocation.getuser import MAX_ANSWER_BYTES
from authorizer.revocation.verdict import ACTIVE, Concerns, Verdict
from authorizer.tokens import VerifiedToken
from transport import Answer, Deadline, Transport, TransportError
from transport.aws_answers import json_object

_REVOKED = Verdict.rejected(Reason.SESSION_REVOKED, Concerns.TOKEN)
#: A 401 that does not say what is wrong may be that of somebody in between, who has seen no token
#: (RFC 6750, section 3.1). Nobody is let in on it, and once the way is free again they are.
_UNNAMED = Verdict.rejected(Reason.SESSION_REVOKED, Concerns.REQUEST)
_BY_STATUS = {
    400: Verdict.unavailable(Reason.ISSUER_MISCONFIGURED),
    403: Verdict.unavailable(Reason.ISSUER_MISCONFIGURED),
    429: Verdict.unavailable(Reason.ISSUER_THROTTLED),
}
_FAULT = Verdict.unavailable(Reason.ISSUER_FAULT)
_INVALID = "invalid_token"


class UserInfo:
    """Asks about access tokens that carry ``openid``."""

    name = "userinfo"

    def __init__(self, url: str, *, transport: Transport, provider: str | None = None) -> None:
        """
        Args:
            url: ``https://<domain>/oauth2/userInfo``.
            transport: how to reach it.
            provider: the issuer whose tokens it judges; None for the user pool.
        """
        self._url = url
        self._provider = provider
        self._transport = transport

    def can_judge(self, token: VerifiedToken) -> bool:
        """Access tokens of users, with ``openid``."""
        issuer = None if token.provider is None else token.issuer
        return (
            issuer == self._provider
            and token.token_use is TokenUse.ACCESS
            and not token.is_machine
            and "openid" in token.scopes
        )

    def ask(self, token: VerifiedToken, deadline: Deadline) -> Verdict:
        """One call, no retry."""
        try:
            answer = self._transport.request(
                "GET",
                self._url,
                headers={"Authorization": f"Bearer {token.text}"},
                body=None,
                max_bytes=MAX_ANSWER_BYTES,
                deadline=deadline,
            )
        except TransportError:
            return Verdict.unavailable(Reason.ISSUER_UNREACHABLE)
        return _read(answer, token)


def _read(answer: Answer, token: VerifiedToken) -> Verdict:
    document = json_object(answer.body) or {}
    if answer.status == 401:
        is_named = document.get("error") == _INVALID or _INVALID in answer.challenge
        return _REVOKED if is_named else _UNNAMED
    if answer.status != 200:
        return _BY_STATUS.get(answer.status, _FAULT)
    # OpenID Connect Core 1.0, section 5.3.2: the answer must be about the token's subject.
    return ACTIVE if document.get("sub") == token.subject else _FAULT
