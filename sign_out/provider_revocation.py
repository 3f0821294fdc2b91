"""A provider's revocation endpoint (RFC 7009). What it does not know counts as revoked (2.2)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from issuers.basic import basic_authorization
from issuers.profile import OidcIssuer
from issuers.secret import SecretError
from sign_out.revocation import RevocationError
from transport import Deadline, Transport, TransportError
from transport.aws_answers import json_object

_MAX_ANSWER_BYTES = 65_536

#: Errors that are a word about the token (RFC 6749, section 5.2, and what providers write). Those
#: about the client, or that the provider can't revoke such tokens (RFC 7009, section 2.2.1), leave
#: it alive.
_OF_THE_TOKEN = frozenset({"invalid_grant", "invalid_request", "invalid_token"})


class ProviderRevocation:
    """Revokes refresh tokens at one provider; see :class:`sign_out.revocation.Revocation`."""

    def __init__(
        self,
        profile: OidcIssuer,
        *,
        transport: Transport,
        secret: Callable[[Deadline], str] | None,
    ) -> None:
        """
        Args:
            profile: where to revoke.
            transport: how to reach it.
            secret: the app's secret, for confidential clients; raises SecretError.
        """
        self._url = profile.revocation_url
        self._transport = transport
        self._secret = secret

    def revoke_token(self, refresh_token: str, client_id: str, deadline: Deadline) -> bool:
        """See :class:`sign_out.revocation.Revocation`."""
        if self._url is None:
            return False
        form = {"token": refresh_token, "token_type_hint": "refresh_token"}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            if self._secret is None:
                form["client_id"] = client_id
            else:
                secret = self._secret(deadline)
                headers["Authorization"] = basic_authorization(client_id, secret)
            answer = self._transport.request(
                "POST",
                self._url,
                headers=headers,
                body=urlencode(form).encode(),
                max_bytes=_MAX_ANSWER_BYTES,
                deadline=deadline,
            )
        except SecretError:
            raise RevocationError("secret_unavailable") from None
        except TransportError:
            raise RevocationError("provider_unreachable") from None
        if answer.status == 400 and _error(answer.body) in _OF_THE_TOKEN:
            return False
        if answer.status != 200:
            raise RevocationError(f"provider_status_{answer.status}")
        return True


def _error(body: bytes) -> object:
    return (json_object(body) or {}).get("error")
