"""Chromium, without a window, which can reach nothing but this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


class BrowserMissingError(Exception):
    """There is no Chromium on ``PATH``."""


def find_browser() -> str:
    """The program's path. Raises BrowserMissingError."""
    for name in _NAMES:
        path = shutil.which(name)
        if path is not None:
            return path
    raise BrowserMissingError("no Chromium on PATH: apt-get install chromium")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser for the length of a ``with``. Raises BrowserMissingError."""
    path = find_browser()
    with sync_playwright() as playwright:
        # Its sandbox does not work as root or in most containers, and it sees our own pages only.
        browser = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=False, args=list(_ARGUMENTS)
        )
        try:
            yield browser
        finally:
            browser.close()
