"""``make stories``: tells the stories that need Node and a browser, and checks every answer.

Exits with 1 if a step went otherwise than the story says, or if Node, its packages or Chromium are
missing.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from local.isolation import isolate
from local.stories import tell
from local.story.aloud import tell_aloud
from local.web.browser import BrowserMissingError, open_browser
from local.web.node import NodeError, require_packages
from local.web.worlds import Worlds


def main() -> int:
    """Tell the stories; the exit code."""
    isolate(os.environ)
    try:
        require_packages()
        with (
            tempfile.TemporaryDirectory() as logs,
            open_browser() as browser,
            Worlds(browser, Path(logs)) as worlds,
        ):
            return tell_aloud(tell(worlds.get))
    except (BrowserMissingError, NodeError) as error:
        Console(stderr=True).print(f"[bold red]{error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
