"""JSON as others might write it: values of every type, and texts that are almost JSON."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

#: Lone surrogates among them: JSON can say them, UTF-8 can't.
any_text = st.text(st.characters(exclude_categories=()), max_size=20)

numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from(
        [0, -1, -0.0, 1e308, float("inf"), float("nan"), 2**31, 2**53, 2**63, 10**400, -(10**400)]
    ),
)

#: Words that the readers look for, so that drawn documents get past the first check.
_WORDS = ["RS256", "RSA", "sig", "key1", "access", "TOKEN", "REQUEST", "2.0", "AQAB", "N", "S", "M"]

any_json: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, any_text, st.sampled_from(_WORDS)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(any_text | st.sampled_from(_WORDS), inner, max_size=4),
    ),
    max_leaves=8,
)

#: Values in spellings that no encoder would choose, though the grammar knows them.
_ODD_VALUES = [
    "9" * 4300,
    "0." + "1" * 3000,
    "1e999999",
    "-1E-999999",
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\ud83d\\ude00"',
    '"\\u0000"',
    "[" * 900 + "]" * 900,
    '{"a":' * 900 + "1" + "}" * 900,
    " 1\r\n\t",
    '"1795176000"',
    "1795176000.0",
    "17951760e2",
]
#: What only lenient readers take for a value, or none does.
_NO_VALUES = [
    "9" * 5000,
    "-" + "1" * 4301,
    "NaN",
    "-Infinity",
    "01",
    "+1",
    "'x'",
    '"\x00"',
    '"\\x41"',
    "[" * 3000,
    '{"a":1,"a":2}',
    "/**/1",
    "",
    ",",
]


@st.composite
def damaged(draw: st.DrawFn, document: dict[str, Any]) -> bytes:
    """A JSON object that is not as it should be: mostly in one member only, else in many ways.

    With one thing wrong the readers come as far as that; several at once stop them early.
    """
    if draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(document)))
        value = draw(st.sampled_from(_ODD_VALUES) | any_json.map(json.dumps))
        members = {other: json.dumps(held) for other, held in document.items()} | {name: value}
        text = ",".join(f"{json.dumps(name)}:{value}" for name, value in members.items())
        return f"{{{text}}}".encode()
    return draw(_much_damaged(document))


@st.composite
def _much_damaged(draw: st.DrawFn, document: dict[str, Any]) -> bytes:
    """Members replaced, doubled, left out or respelled, then the text damaged."""
    members = dict(document)
    for name in draw(st.lists(st.sampled_from(sorted(document)), max_size=2)):
        members[name] = draw(any_json)
    pairs = [(json.dumps(name), json.dumps(value)) for name, value in members.items()]
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        at = draw(st.integers(0, len(pairs) - 1))
        name, value = pairs[at]
        how = draw(st.sampled_from(["odd", "drop", "escape", "unknown", "no", "double"]))
        if how == "double":
            pairs.append((name, draw(st.sampled_from([value, "null"]))))
        elif how == "drop" and len(pairs) > 1:
            del pairs[at]
        elif how == "odd":
            pairs[at] = (name, draw(st.sampled_from(_ODD_VALUES)))
        elif how == "no":
            pairs[at] = (name, draw(st.sampled_from(_NO_VALUES)))
        elif how == "escape":
            # Another spelling of the same name: "\u0061lg".
            pairs.append((f'"\\u{ord(name[1]):04x}{name[2:]}', value))
        elif how == "unknown":
            pairs.append((json.dumps(draw(any_text)), json.dumps(draw(any_json))))
    text = "{" + ",".join(f"{name}:{value}" for name, value in pairs) + "}"
    return draw(edited(_encoded(draw, text)))


@st.composite
def edited(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes with up to three of them changed, inserted, removed or repeated; often with none."""
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 0, 0, 0, 1, 2, 3]))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        how = draw(st.sampled_from(["flip", "insert", "remove", "repeat", "cut", "swap"]))
        if how == "flip" and data:
            data = data[:at] + bytes([data[at] ^ (1 << draw(st.integers(0, 7)))]) + data[at + 1 :]
        elif how == "insert":
            data = data[:at] + draw(st.binary(min_size=1, max_size=4)) + data[at:]
        elif how == "remove":
            data = data[:at] + data[at + draw(st.integers(1, 8)) :]
        elif how == "repeat":
            data = data[:at] + data[at : at + 40] * draw(st.integers(2, 20)) + data[at + 40 :]
        elif how == "cut":
            data = data[:at]
        else:
            data = data[at:] + data[:at]
    return data


def _encoded(draw: st.DrawFn, text: str) -> bytes:
    encoding = draw(st.sampled_from(["utf-8"] * 30 + ["utf-8-sig", "utf-16", "utf-32-be"]))
    return text.encode(encoding, "surrogatepass")
