"""The story of a revoked session, step by step, each with the answer that it must get.

It speaks to a :class:`local.bench.Bench` and knows nothing of what is behind it: ``make demo``
tells it on the local stack, ``tests/story`` checks the same steps, and any other stack that can
do what a bench does can be told it as well.

- :mod:`local.story.articles` tells what others have found, and the same with this project;
- :mod:`local.story.sessions` tells how sessions end, and how long an answer may outlive them;
- :mod:`local.story.marks` tells what the ledger adds to that.
"""

from __future__ import annotations

from collections.abc import Iterator

from local.bench import OpenBench
from local.story import articles, marks, sessions
from local.story.telling import Step

__all__ = ["Step", "tell"]


def tell(open_bench: OpenBench) -> Iterator[Step]:
    """The whole story, each step as it happens."""
    # Deployed like the next chapters, so that a rehearsal need not deploy again between them.
    yield from articles.tell(open_bench)
    yield from sessions.tell(open_bench)
    yield from marks.tell(open_bench)
