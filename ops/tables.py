"""Tables that people copy from: no word is cut off or broken, however narrow the terminal is.

Session ids, codes, moments and addresses are words. Where the longest of each column do not fit
beside each other, every row stands as lines of its own, as ``psql`` shows it expanded.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

#: Of each column: a line, and a blank on either side of the text.
_FRAME = 3


class UncutTable(Table):
    """Rich's table, which shortens what is too wide, with every word whole."""

    def __init__(self, *headers: str, title: str | None = None, show_lines: bool = False) -> None:
        super().__init__(*headers, title=title, title_justify="left", show_lines=show_lines)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """See Rich."""
        columns = [[str(column.header), *map(str, column.cells)] for column in self.columns]
        least = [max(map(cell_len, " ".join(column).split(" "))) for column in columns]
        most = [max(map(cell_len, column)) for column in columns]
        room = options.max_width - _FRAME * len(columns) - 1 - sum(least)
        if room < 0:
            yield from self._blocks(columns, options.max_width)
            return
        # What is left is shared by those that would take more.
        wished = [more - less for more, less in zip(most, least, strict=True)]
        share = min(1.0, room / (sum(wished) or 1))
        for column, less, wish in zip(self.columns, least, wished, strict=True):
            column.width, column.overflow = less + int(wish * share), "fold"
        yield from super().__rich_console__(console, options)

    def _blocks(self, columns: Sequence[Sequence[str]], width: int) -> Iterator[Text]:
        if self.title:
            yield Text(str(self.title), style="table.title")
        headers, *rows = zip(*columns, strict=True)
        indent = max(map(cell_len, headers)) + 2
        for row, cells in zip(self.rows, rows, strict=True):
            yield Text()
            for header, cell in zip(headers, cells, strict=True):
                # A word longer than the line is left to the terminal, which copies it as one.
                said = textwrap.fill(
                    cell,
                    max(width, indent + 1),
                    initial_indent=header.ljust(indent),
                    subsequent_indent=" " * indent,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
                if said:
                    yield Text(said, style=row.style or "", no_wrap=True, overflow="ignore")
        yield Text()
