"""Somebody's browser: cookies of its own, and what a person does and sees in it."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, Response

from local.bench import Outcome
from local.web.session_cookie import SESSION_COOKIE, Tokens, open_session_cookie

LOGIN_FORM = "the provider's login form"
NOT_SIGNED_IN = "not signed in"
TRY_AGAIN = "Not signed out yet: try again"

_PATIENCE_MS = 30_000
_WHO = "#who"
_LOGIN = "input[name=login]"
_API = "#api"
_SIGN_OUT = "#sign-out"
#: oidc-provider's.
_PROVIDER_COOKIE = "_session"


def signed_in_as(name: str) -> str:
    """What the app's pages say to who is signed in."""
    return f"signed in as {name}"


class Device:
    """A browser profile with one tab."""

    def __init__(self, browser: Browser, app_url: str, provider_url: str, secret: str) -> None:
        """
        Args:
            browser: that it is a profile of.
            app_url: of the example app.
            provider_url: of its provider.
            secret: the app's, with which its cookie can be opened.
        """
        self._app_url = app_url
        self._provider_url = provider_url
        self._secret = secret
        self._context = browser.new_context()
        self._context.set_default_timeout(_PATIENCE_MS)
        self._page: Page = self._context.new_page()
        self._status = 0
        self._page.on("response", self._note_status)

    def visit(self, path: str) -> Outcome:
        """Go to one of the app's pages, and wherever it leads."""
        self._page.goto(self._app_url + path)
        return self.look()

    def go_back(self) -> Outcome:
        """The browser's back button."""
        self._page.go_back()
        return self.look()

    def sign_in(self, name: str) -> Outcome:
        """Fill the provider's login form, and agree to what the app may do if that is asked."""
        self._page.fill(_LOGIN, name)
        self._page.fill("input[name=password]", "any will do")
        self._page.click("button[type=submit]")
        consent = self._page.locator("button", has_text="Continue")
        consent.or_(self._page.locator(_WHO)).wait_for()
        if consent.is_visible():
            consent.click()
        return self.look()

    def sign_out(self) -> Outcome:
        """The dashboard's button that ends the session everywhere."""
        return self._press(_SIGN_OUT)

    def sign_out_in_vain(self) -> Outcome:
        """The same, when it fails: what the button says then."""
        self._page.click(_SIGN_OUT)
        button = self._page.locator(_SIGN_OUT, has_text=TRY_AGAIN)
        button.wait_for()
        return Outcome(self._status, button.inner_text())

    def sign_out_of_app(self) -> Outcome:
        """The dashboard's button that ends the app's own session."""
        return self._press("#sign-out-of-app")

    def log_out_at_provider(self) -> None:
        """Go to the provider's logout address, as another app of the provider's sends people."""
        self._page.goto(f"{self._provider_url}/session/end")
        self._page.wait_for_url(f"{self._provider_url}/session/end/success")

    def look(self) -> Outcome:
        """What is seen once the page has settled: the status it came with, and who one is."""
        shown = self._page.wait_for_selector(f"{_WHO}, {_LOGIN}")
        assert shown is not None
        if shown.evaluate("element => element.tagName") == "INPUT":
            return Outcome(self._status, LOGIN_FORM)
        return Outcome(self._status, shown.inner_text())

    def api_answer(self) -> str:
        """What the dashboard says that the API has answered."""
        return self._page.inner_text(_API)

    def has_app_cookie(self) -> bool:
        """Whether the app's session cookie is there."""
        return any(name.startswith(SESSION_COOKIE) for name, _ in self._app_cookies())

    def has_provider_cookie(self) -> bool:
        """Whether the provider's cookie is there, which signs in without a password."""
        cookies = self._context.cookies(self._provider_url)
        return any(cookie.get("name") == _PROVIDER_COOKIE for cookie in cookies)

    def readable_by_scripts(self) -> list[str]:
        """What a script in the page can get at: the page, its cookies and its storage."""
        return [
            self._page.content(),
            str(self._page.evaluate("document.cookie")),
            str(self._page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")),
        ]

    def cookie_header(self) -> str:
        """A copy of what the browser sends to the app."""
        return "; ".join(f"{name}={value}" for name, value in self._app_cookies())

    def tokens(self) -> Tokens:
        """A copy of the tokens in the app's cookie. Raises LookupError."""
        return open_session_cookie(self._app_cookies(), self._secret)

    def close(self) -> None:
        """Close the tab and forget the cookies."""
        self._context.close()

    def _app_cookies(self) -> list[tuple[str, str]]:
        cookies = self._context.cookies(self._app_url)
        return [(cookie.get("name", ""), cookie.get("value", "")) for cookie in cookies]

    def _press(self, button: str) -> Outcome:
        self._page.click(button)
        self._page.wait_for_url(f"{self._app_url}/")
        return self.look()

    def _note_status(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self._page.main_frame:
            self._status = response.status
