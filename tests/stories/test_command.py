"""``make stories``: what it says and exits with where something is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.stories import __main__ as command
from local.web.browser import BrowserMissingError, find_browser
from local.web.node import NodeError
from tests.stories import conftest


def test_without_a_browser_it_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It exits with 1 and names the package to install."""
    monkeypatch.setenv("PATH", "")
    assert command.main() == 1
    assert "apt-get install chromium" in capsys.readouterr().err


def test_without_the_examples_packages_it_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It exits with 1 and names the command that installs them."""

    def missing() -> None:
        raise NodeError("npm ci --prefix examples/authjs")

    monkeypatch.setattr(command, "require_packages", missing)
    assert command.main() == 1
    assert "npm ci --prefix examples/authjs" in capsys.readouterr().err


def test_the_browser_is_looked_for_on_the_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The first of the known names on PATH is taken."""
    program = tmp_path / "chromium-browser"
    program.write_text("")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == str(program)


@pytest.mark.parametrize(
    ("environ", "raised"),
    [({}, pytest.skip.Exception), ({"CI": "true"}, BrowserMissingError)],
    ids=["elsewhere", "in-ci"],
)
def test_a_missing_browser_skips_the_stories_but_not_in_ci(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], raised: type[BaseException]
) -> None:
    """Elsewhere the stories are skipped with the reason; in CI they fail with it."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(raised, match="no Chromium on PATH"):
        conftest.require_browser(environ)
