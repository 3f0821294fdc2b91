"""Tokens come in by standard input or a file, never by the command line, and never go out."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from pathlib import Path

from ops.answers import UsageError
from ops.world import World

#: Access and ID tokens are JWTs, and Cognito's refresh tokens JWEs: their headers are JSON objects.
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{10,}")

#: Longer than any of Cognito's, and short enough not to swallow a wrong file.
_MAX_CHARS = 65_536

#: A terminal drops without a word what a line has beyond 4095 characters, on macOS 1023; the
#: line's end counts or not. A whole token of just that length has to come by a file, too.
_CUT_CHARS = frozenset({1023, 1024, 4095, 4096})

#: Shorter slices of a token stand in ordinary text too.
_SLICE_CHARS = 12

STANDARD_INPUT = "-"


def looks_like_token(text: str) -> bool:
    """Whether somebody has put a token where others can read it: a process list, a history."""
    return _TOKEN.search(text) is not None


def read_token(world: World, source: str, what: str = "token") -> str:
    """Read one token.

    Args:
        world: standard input and terminal.
        source: a file's name, or ``-``: standard input, or a question without an echo where
            somebody sits in front of it.
        what: which token, for the question.

    Raises:
        UsageError: there is none, or more than one, or not the whole of it.
    """
    try:
        text = _read(world, source, what)
    except UnicodeDecodeError:
        text = ""
    words = text.split()
    if len(text) > _MAX_CHARS or len(words) != 1 or not text.isascii():
        raise UsageError("token_input", f"give one {what} and nothing else, by standard input")
    return words[0]


def _read(world: World, source: str, what: str) -> str:
    if source != STANDARD_INPUT:
        return _read_file(Path(source))
    if world.is_terminal():
        text = world.ask_hidden(f"{what} (not shown): ")
        if len(text) in _CUT_CHARS:
            raise UsageError(
                "token_cut_off",
                f"the {what} was cut off at {len(text)} characters, as terminals do to lines:"
                " give it by --token-file, or by standard input from a file",
            )
        return text
    return world.standard_input.read(_MAX_CHARS + 1)


def _read_file(path: Path) -> str:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise UsageError(
                "token_file_readable", "others can read the token file: chmod 600, then again"
            )
        with path.open(encoding="ascii", errors="replace") as file:
            return file.read(_MAX_CHARS + 1)
    except OSError as error:
        raise UsageError("token_file", f"the token file cannot be read: {error.strerror}") from None


def redacted(text: str, secrets: Iterable[str]) -> str:
    """The text without what is a piece of a secret: for texts that others have written."""
    for secret in secrets:
        slices = {
            secret[at : at + _SLICE_CHARS] for at in range(len(secret) - _SLICE_CHARS + 1)
        } or {secret}
        if any(piece in text for piece in slices):
            return "(not shown: it quotes a token)"
    return text if not looks_like_token(text) else _TOKEN.sub("(a token)", text)
