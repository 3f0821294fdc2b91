"""The answer to who has signed out: where to go now, and which cookies to forget.

Cognito's managed login keeps a cookie of its own, which revoking tokens does not touch: only the
browser can end that, by going to the logout address.
https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
"""

from __future__ import annotations

from urllib.parse import urlencode

from proxy_integration.answer import HttpAnswer
from sign_out.claimed import Claimed
from sign_out.settings import Settings


class Farewell:
    """Renders answers. The same for every caller, whatever their tokens were."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def signed_out(
        self, claimed: Claimed, return_to: str, *, is_form: bool, is_own_site: bool
    ) -> HttpAnswer:
        """200 with the logout address, or 303 to it for who has sent a form.

        Cookies are cleared for the app's own pages alone: to lose them is to be signed out.
        """
        address = self._logout_address(claimed, return_to)
        cookies = self._cookies() if is_own_site else ()
        if is_form and address is not None:
            return HttpAnswer(303, headers={"Location": address}, cookies=cookies)
        return HttpAnswer(200, {"signed_out": True, "logout_url": address}, cookies=cookies)

    def _logout_address(self, claimed: Claimed, return_to: str) -> str | None:
        settings, provider = self._settings, claimed.provider
        endpoint = settings.logout_endpoint if provider is None else provider.logout_url
        if endpoint is None:
            return None
        # Another address than those allowed is not followed and not repeated: the first is used.
        allowed = settings.return_addresses
        target = return_to if return_to in allowed else allowed[0]
        # RP-Initiated Logout 1.0, section 2, and Cognito's own name for the same.
        name = "logout_uri" if provider is None else "post_logout_redirect_uri"
        return f"{endpoint}?{urlencode({'client_id': claimed.client_id, name: target})}"

    def _cookies(self) -> tuple[str, ...]:
        settings = self._settings
        domain = f"; Domain={settings.cookie_domain}" if settings.cookie_domain else ""
        names = {settings.access_token_cookie, settings.refresh_token_cookie} - {""}
        # A browser takes a cookie of these prefixes without Domain only (RFC 6265bis, 4.1.3.2). An
        # app on another site than the API's would have one that is Lax ignored (5.7); this one has
        # no value that SameSite could protect.
        return tuple(
            f"{name}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=None"
            + ("" if name.startswith("__Host-") else domain)
            for name in sorted(names | set(settings.cleared_cookies))
        )
