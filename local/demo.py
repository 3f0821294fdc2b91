"""``make demo``: tells the story on the local stack and checks every answer.

Exits with 1 if a step went otherwise than the story says.
"""

from __future__ import annotations

import os
import sys

from local.isolation import isolate
from local.local_bench import open_local_bench
from local.story import tell
from local.story.aloud import tell_aloud


def main() -> int:
    """Tell the story; the exit code."""
    isolate(os.environ)
    return tell_aloud(tell(open_local_bench))


if __name__ == "__main__":
    sys.exit(main())
