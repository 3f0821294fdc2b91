"""As much of Logs Insights' language as it takes to find the fields that a query asks for."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"#.*")
_TEXT = re.compile(r'"[^"]*"')
_WORD = re.compile(r"@?[A-Za-z_][\w.]*(?P<is_function>\()?")
_NAMED = re.compile(r"\bas\s+(\w+)")

_COMMANDS = {"fields", "filter", "stats", "sort", "limit"}
_WORDS = {"and", "or", "not", "in", "as", "by", "asc", "desc"}
_FUNCTIONS = {"coalesce", "count", "count_distinct", "ispresent", "sortsLast"}


def fields_of(query: str) -> set[str]:
    """The fields that a query reads from lines, without those that it makes itself.

    Raises:
        ValueError: for a command or a function that is not known here.
    """
    text = _TEXT.sub("", _COMMENT.sub("", query))
    made = set(_NAMED.findall(text))
    fields = set()
    for command in text.split("|"):
        name, _, rest = command.strip().partition(" ")
        if name not in _COMMANDS:
            raise ValueError(f"no command {name}")
        for word in _WORD.finditer(rest):
            found = word.group().rstrip("(")
            if word["is_function"] and found not in _WORDS:
                if found not in _FUNCTIONS:
                    raise ValueError(f"no function {found}")
            elif found not in _WORDS:
                fields.add(found)
    return fields - made
