"""Looks for secrets in everything that leaves the authorizer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from authorizer.flow import Authorizer
from tests.sandbox import Sandbox

#: A slice of this many characters is taken for a leak.
SLICE_CHARS = 12


def slices(text: str) -> Iterator[str]:
    """Every slice of the text that counts as a leak; a shorter text counts as a whole."""
    if text:
        for start in range(max(1, len(text) - SLICE_CHARS + 1)):
            yield text[start : start + SLICE_CHARS]


def leaked(secrets: Iterable[str], output: str) -> list[str]:
    """What of the secrets stands in the output, as written or as JSON writes it."""
    plain = [piece for secret in secrets for piece in slices(secret)]
    return [piece for piece in plain if piece in output or json.dumps(piece).strip('"') in output]


@dataclass(frozen=True)
class Outputs:
    """All that one request made the authorizer say."""

    log: str
    printed: str
    error: str
    answer: str

    @property
    def everything(self) -> str:
        """All of it, to be searched at once."""
        return "\n".join((self.log, self.printed, self.error, self.answer))


def observe(box: Sandbox, event: Any, capsys: pytest.CaptureFixture[str]) -> Outputs:
    """Hand an event to the authorizer and collect everything that comes out of it."""
    capsys.readouterr()
    answer, error = _handle(box.authorizer, event)
    written = capsys.readouterr()
    return Outputs(
        log=box.log.getvalue(),
        printed=written.out + written.err,
        error="\n".join(_texts(error)),
        answer=json.dumps(answer),
    )


def _handle(authorizer: Authorizer, event: Any) -> tuple[Any, BaseException | None]:
    try:
        return authorizer.handle(event, "request-1"), None
    except Exception as error:  # whatever it is, the gateway would see it
        return None, error


def _texts(error: BaseException | None) -> Iterator[str]:
    """All an error says, and all that its chain says, as the Lambda runtime would print it."""
    while error is not None:
        yield str(error)
        yield repr(error)
        yield repr(error.args)
        yield repr(vars(error))
        yield from getattr(error, "__notes__", [])
        error = error.__cause__ or error.__context__
