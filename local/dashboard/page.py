"""One page of HTML with everything in it, which asks nobody for anything."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template
from typing import Any

from markdown_it import MarkdownIt

from local.dashboard.definition import Definition
from local.dashboard.drawing import draw
from local.dashboard.states import State, states_of

#: Pixels of a column and of a row of CloudWatch's grid, and what a graph's title takes of a row.
_COLUMN, _ROW, _GAP, _TITLE = 58, 42, 8, 24

_PAGE = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>$title</title>
<style>
body { margin: 12px; background: #f2f3f3; color: #16191f;
  font: 13px/1.35 "DejaVu Sans", sans-serif; }
p.sample { margin: 0 0 8px; color: #687078; font-size: 12px; }
main { display: grid; grid-template-columns: repeat(24, ${column}px); grid-auto-rows: ${row}px;
  gap: ${gap}px; }
section { background: #fff; border: 1px solid #d5dbdb; border-radius: 4px; padding: 6px 10px;
  overflow: hidden; }
h3 { margin: 0 0 2px; font-size: 13px; }
h2 { margin: 0 0 4px; font-size: 16px; }
.text { font-size: 12px; }
.text p { margin: 3px 0; }
table { border-collapse: collapse; font-size: 12px; }
td, th { border: 1px solid #d5dbdb; padding: 1px 8px; text-align: left; font-weight: normal; }
ul { list-style: none; margin: 4px 0 0; padding: 0; display: grid; gap: 5px;
  grid-template-columns: repeat(4, 1fr); }
li { border-left: 5px solid #009e73; background: #eef7f4; padding: 3px 7px; font-size: 11.5px; }
li.alarm { border-color: #d55e00; background: #fbe7da; font-weight: bold; }
li.unjudged { border-color: #999; background: #f2f3f3; }
li span { display: block; font-size: 10.5px; color: #545b64; font-weight: normal; }
svg { display: block; width: 100%; height: auto; }
</style>
</head>
<body>
<p class="sample">Made-up numbers in the deployed definition. $story</p>
<main>
$widgets
</main>
</body>
</html>
""")

_STORY = (
    "An hour and a half ago somebody tried forged tokens; now a campaign doubles the traffic and"
    " spends the quota."
)


def page(definition: Definition) -> str:
    """The dashboard with the sample's numbers.

    Raises:
        KeyError: a widget is of a type that is not known here.
    """
    return _PAGE.substitute(
        title=escape(definition.title),
        column=_COLUMN,
        row=_ROW,
        gap=_GAP,
        story=_STORY,
        widgets="\n".join(_widget(widget, definition) for widget in definition.body["widgets"]),
    )


def _widget(widget: Mapping[str, Any], definition: Definition) -> str:
    content = {"text": _text, "alarm": _alarms, "metric": _graph}[widget["type"]]
    place = (
        f"grid-column: {widget['x'] + 1} / span {widget['width']};"
        f" grid-row: {widget['y'] + 1} / span {widget['height']}"
    )
    return (
        f'<section class="{widget["type"]}" style="{place}">{content(widget, definition)}</section>'
    )


def _text(widget: Mapping[str, Any], _: Definition) -> str:
    # What stands in the text is this project's own, and yet no HTML in it becomes any.
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return str(parser.render(widget["properties"]["markdown"]))


def _alarms(widget: Mapping[str, Any], definition: Definition) -> str:
    states = states_of(definition.alarms)
    items = "".join(
        _alarm(definition.alarms[arn], states[arn]) for arn in widget["properties"]["alarms"]
    )
    return f"<h3>{escape(widget['properties']['title'])}</h3><ul>{items}</ul>"


def _alarm(alarm: Mapping[str, Any], state: State) -> str:
    name, about = escape(alarm["AlarmName"]), escape(alarm["AlarmDescription"])
    short = name.partition("-")[2]
    return f'<li class="{state.name.lower()}" title="{about}">{short}<span>{state}</span></li>'


def _graph(widget: Mapping[str, Any], _: Definition) -> str:
    width = widget["width"] * (_COLUMN + _GAP) - _GAP - 22
    height = widget["height"] * (_ROW + _GAP) - _GAP - 14 - _TITLE
    drawn = draw(widget["properties"], width=width, height=height)
    return f"<h3>{escape(widget['properties']['title'])}</h3>{drawn}"
