"""One browser for all stories, and the worlds that they are told in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

import pytest

from local.web.browser import BrowserMissingError, find_browser, open_browser
from local.web.node import require_packages
from local.web.worlds import Worlds


def require_browser(environ: Mapping[str, str]) -> None:
    """Skip where no browser is installed; in CI there is one, or the tests fail."""
    try:
        find_browser()
    except BrowserMissingError as error:
        if environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="package")
def all_worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    require_packages()
    require_browser(os.environ)
    with (
        open_browser() as browser,
        Worlds(browser, tmp_path_factory.mktemp("worlds")) as worlds,
    ):
        yield worlds


@pytest.fixture
def worlds(all_worlds: Worlds) -> Iterator[Worlds]:
    """The worlds; what their programs have written is shown if the test fails."""
    yield all_worlds
    print(all_worlds.output())  # noqa: T201
