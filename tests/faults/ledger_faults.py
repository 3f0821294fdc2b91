"""The ledger's rows. All outages are one to it: what was not read is never taken for no mark.

Tokens that only the ledger can judge are answered LEDGER_UNAVAILABLE; access tokens are judged
by ``GetUser`` meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from math import inf
from typing import Any

from authorizer.errors import Reason
from ledger.rows import KEY
from tests.dynamodb import TABLE
from tests.faults import misbehaviour, moods
from tests.faults.far_side import Mood, Turn
from tests.faults.fault import Component, Fault
from tests.faults.moods import TELLTALE, failing, saying_json
from tests.faults.shared_faults import shared_faults

#: Errors of both operations in the SDK's model, and those that any service may answer.
CODES = (
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "RequestLimitExceeded",
    "ResourceNotFoundException",
    "InternalServerError",
    "ValidationException",
    "AccessDeniedException",
    "ExpiredTokenException",
    "UnrecognizedClientException",
    "SerializationException",
    "ConditionalCheckFailedException",
    TELLTALE,
)
_CODES_IN_PAIRS = {
    "ProvisionedThroughputExceededException",
    "ResourceNotFoundException",
    "ValidationException",
    "AccessDeniedException",
    "ExpiredTokenException",
}
#: Attributes as no row has them; each is wrong in the user's and in the session's row.
_MISSHAPEN: dict[str, Mapping[str, Any]] = {
    "texts for numbers": {"not_before": {"S": "1"}, "revoked_at": {"S": "1"}},
    "numbers that are none": {"not_before": {"N": TELLTALE}, "revoked_at": {"N": TELLTALE}},
    "numbers that never end": {"not_before": {"N": inf}, "revoked_at": {"N": inf}},
    "fractions": {"generation": {"N": "1.5"}, "checked_generation": {"N": "1.5"}},
    "numbers for texts": {"issued_reason": {"N": "1"}, "reason": {"N": "1"}},
    "nulls": {"issued_not_before": {"NULL": True}, "checked_at_ms": {"NULL": True}},
    "a list for a roster": {"sessions": {"L": []}, "asking_until_ms": {"L": []}},
    "a roster of texts": {"sessions": {"M": {"a": {"S": TELLTALE}}}, "reason": {"L": []}},
    "values without a type": {"version": TELLTALE, "revoked_at": TELLTALE},
}


def _changing_answer(change: Callable[[dict[str, Any]], object]) -> Mood:
    """Answer a read with a changed document, and writes well."""

    def alter(body: bytes) -> bytes:
        document = json.loads(body)
        change(document)
        return json.dumps(document).encode()

    return moods.only_for("BatchGetItem", moods.changing_body(alter))


def _with(**members: object) -> Mood:
    return _changing_answer(lambda document: document.update(members))


def _with_rows(attributes: Mapping[str, Any]) -> Mood:
    """Answer a read as if there were a row for each key, with these attributes besides."""

    def behave(turn: Turn) -> bool:
        keys = json.loads(turn.request.body)["RequestItems"][TABLE]["Keys"]
        document = json.loads(turn.good[1])
        found = {item[KEY]["S"]: item for item in document["Responses"][TABLE]}
        items = [found.get(key[KEY]["S"], key) | dict(attributes) for key in keys]
        document["Responses"][TABLE] = items
        return saying_json(document)(turn)

    return moods.only_for("BatchGetItem", behave)


_MISREAD: dict[str, Mood] = {
    "leaves a key unprocessed": _with(UnprocessedKeys={TABLE: {"Keys": [{KEY: {"S": TELLTALE}}]}}),
    "leaves all keys unprocessed": _with(
        Responses={}, UnprocessedKeys={TABLE: {"Keys": [{KEY: {"S": TELLTALE}}]}}
    ),
    "answers items that are none": _with(Responses={TABLE: [TELLTALE]}),
    "answers items without a key": _with(Responses={TABLE: [{}]}),
    "answers no list of items": _with(Responses={TABLE: 1}),
    "answers no tables": _with(Responses=[]),
}
_NEWER: dict[str, Mood] = {
    "holds attributes of a later version": _with_rows(
        {"futures": {"M": {}}, "from_tomorrow": {"S": TELLTALE}}
    ),
    "answers members of a later version": _with(ConsumedCapacity=[TELLTALE], Hints={"a": 1}),
    "answers rows that nobody asked for": _changing_answer(
        lambda document: document["Responses"][TABLE].append(
            {KEY: {"S": TELLTALE}, "revoked_at": {"N": "1"}}
        )
    ),
}
#: Reads go well, writes do not.
_UNWRITABLE: dict[str, Mood] = {
    "keeps silent": moods.silent,
    "closes without a word": misbehaviour.BROKEN["closes without a word"],
    "is a proxy's page with 200": misbehaviour.STRANGE["is a proxy's page with 200"],
    "answers AccessDeniedException": failing("x#AccessDeniedException"),
    "answers ThrottlingException": failing("x#ThrottlingException"),
    "answers TransactionConflictException": failing("x#TransactionConflictException"),
}


def ledger_faults() -> Iterator[Fault]:
    """All of them."""
    me, out = Component.LEDGER, Reason.LEDGER_UNAVAILABLE
    yield from shared_faults(me, lost=out, strange=out)
    for code in CODES:
        for status in ("400 Bad Request", "500 Internal Server Error"):
            mood = failing(f"com.amazonaws.dynamodb.v20120810#{code}", status=status)
            in_pairs = code in _CODES_IN_PAIRS and status.startswith("400")
            yield Fault(me, f"answers {code} with {status[:3]}", out, mood, in_pairs=in_pairs)
    for name, attributes in _MISSHAPEN.items():
        in_pairs = name == "texts for numbers"
        yield Fault(me, f"holds {name}", out, _with_rows(attributes), in_pairs=in_pairs)
    for name, mood in _MISREAD.items():
        yield Fault(me, name, out, mood, in_pairs="unprocessed" in name)
    for name, mood in _NEWER.items():
        yield Fault(me, name, None, mood)
    for name, mood in _UNWRITABLE.items():
        yield Fault(
            me,
            f"{name} when it is to write",
            out,
            moods.only_for("UpdateItem", mood),
            spares_reads=True,
            is_slow=name in misbehaviour.SLOW,
        )
