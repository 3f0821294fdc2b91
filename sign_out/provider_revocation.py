"""A provider's revocation endpoint (RFC 7009). What it does not know counts as revoked (2.2)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from issuers.basic import basic_authorization
from issuers.profile import OidcIssuer
from issuers.secret import SecretError
from sign_out.revocation import RevocationError
from transport import Deadline, Transport, TransportError

_MAX_ANSWER_BYTES = 65_536


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
        if answer.status == 400:
            return False
        if answer.status != 200:
            raise RevocationError(f"provider_status_{answer.status}")
        return True
