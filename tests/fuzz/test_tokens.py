"""The token reader: any text is a value or a catalogued fault, and only a signed one is good."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

from hypothesis import event, target
from hypothesis import strategies as st

from authorizer.errors import ANSWERS, DecisionError, Reason
from authorizer.response import Unauthorized, Unavailable
from jose.compact import UnverifiedToken
from jose.faults import Fault, JoseError
from tests.events import rest_request
from tests.fuzz.batches import Fuzz, attempt
from tests.fuzz.json_texts import damaged, edited
from tests.fuzz.targets import LedgeredBox, deadline, verifier
from tests.tokens import SessionMaker, b64, sign, sign_raw

_HEADER = {"alg": "RS256", "kid": "key1", "typ": "JWT"}
_CLAIMS: list[dict[str, Any]] = [
    SessionMaker().access(**{"cognito:groups": ["admin", "staff"]}),
    SessionMaker().identity(),
    SessionMaker().machine(),
]
_FORM = {Fault.TOKEN_MALFORMED, Fault.ALGORITHM_NOT_ALLOWED, Fault.HEADER_NOT_ALLOWED}
_STAGES = [reason.value for reason in Reason]
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@cache
def _good() -> str:
    return sign(_CLAIMS[0])


@st.composite
def _respelled(draw: st.DrawFn) -> str:
    """A good token in another spelling: padding, unused bits, alphabets, white space, dots."""
    parts = _good().split(".")
    at = draw(st.integers(0, 2))
    part = parts[at]
    where = draw(st.integers(0, len(part)))
    parts[at] = draw(
        st.sampled_from(
            [
                part + "=" * draw(st.integers(1, 4)),
                part[:-1] + _ALPHABET[_ALPHABET.index(part[-1]) ^ draw(st.integers(1, 63))],
                part.replace("-", "+").replace("_", "/"),
                part[:where] + draw(st.sampled_from(["\n", " ", "\t", "=", "%3D", "\u200b", "."])),
                part[:where] + draw(st.characters(exclude_categories=())) + part[where:],
                part.swapcase(),
                part[:where],
            ]
        )
    )
    return ".".join(parts)


_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=80),
    _respelled(),
    edited(_good().encode()).map(lambda data: data.decode("latin-1")),
    st.tuples(
        damaged(_HEADER), st.sampled_from(_CLAIMS).flatmap(damaged), st.binary(max_size=300)
    ).map(lambda parts: ".".join(b64(part) for part in parts)),
)
#: Header and payload as an issuer would never write them, and yet has signed them.
_SIGNED = st.tuples(
    st.one_of(*[st.just(json.dumps(_HEADER).encode())] * 4, damaged(_HEADER)),
    st.sampled_from(_CLAIMS).flatmap(damaged),
).map(lambda parts: sign_raw(*parts))


def test_any_text_is_parsed_or_refused(fuzz: Fuzz[str]) -> None:
    """Any text is a well-formed token in its one spelling, or malformed, and nothing else."""

    def holds(text: str) -> None:
        token = attempt(lambda: UnverifiedToken.parse(text), JoseError)
        if isinstance(token, JoseError):
            event(token.fault)
            assert token.fault in _FORM
            return
        event("parsed")
        header, payload, _ = (base64.urlsafe_b64decode(p + "==") for p in text.split("."))
        assert ".".join([b64(header), b64(payload), b64(token.signature)]) == text
        assert token.signing_input == text.rpartition(".")[0].encode()
        assert json.loads(header)["alg"] == "RS256"
        assert json.loads(payload) == token.payload

    fuzz(_TEXTS | _SIGNED, holds)


def test_only_what_was_signed_is_accepted(fuzz: Fuzz[str]) -> None:
    """A text that no key has signed gets a catalogued refusal, unless it is the token itself."""
    assert verifier().verify(_good(), deadline()).text == _good()

    def holds(text: str) -> None:
        token = attempt(lambda: verifier().verify(text, deadline()), DecisionError)
        if isinstance(token, DecisionError):
            event(token.reason)
            assert token.reason in ANSWERS
            return
        event("accepted")
        assert token.text == text == _good()

    fuzz(_TEXTS, holds)


@cache
def _box() -> LedgeredBox:
    return LedgeredBox()


def test_whatever_was_signed_is_decided(fuzz: Fuzz[str]) -> None:
    """A token with any header and claims, well signed, is decided: never a fault of ours."""

    def holds(text: str) -> None:
        box = _box()
        box.clear()
        answer = attempt(
            lambda: box.authorizer.handle(rest_request(f"Bearer {text}"), "r"),
            Unauthorized,
            Unavailable,
        )
        reason = json.loads(box.log.getvalue().splitlines()[-1])["reason"]
        event(reason)
        assert reason != Reason.INTERNAL_FAULT
        # Reasons stand in the order of the stages: inputs that come further are sought.
        target(len(_STAGES) if reason == "granted" else _STAGES.index(reason))
        if isinstance(answer, Exception):
            status = 401 if isinstance(answer, Unauthorized) else 503
            assert ANSWERS[Reason(reason)].status == status
        else:
            assert json.loads(json.dumps(answer)) == answer

    fuzz(_SIGNED, holds)
