"""The gateway event reader: any event is a request and a token, or a catalogued refusal."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import event as note
from hypothesis import strategies as st

from authorizer.errors import DecisionError, Reason
from authorizer.request import AnswerForm, read_device, read_request, read_token
from tests.events import http_v1, http_v2, rest_request, rest_token, websocket_connect
from tests.fuzz.batches import Fuzz, attempt
from tests.fuzz.json_texts import any_json, any_text
from tests.fuzz.targets import settings

_CREDENTIAL = "Bearer aa.bb.cc"
_APPSYNC = {
    "authorizationToken": _CREDENTIAL,
    "requestContext": {"apiId": "a", "queryString": "query { x }", "variables": {}},
    "requestHeaders": {"user-agent": "curl/8"},
}
_SHAPES = [
    rest_request(_CREDENTIAL, query={"token": ["aa.bb.cc"]}, headers={"Cookie": ["t=aa.bb.cc"]}),
    rest_token(_CREDENTIAL),
    http_v1(_CREDENTIAL),
    http_v2(_CREDENTIAL, cookies=["t=aa.bb.cc"], query={"token": "aa.bb.cc"}),
    websocket_connect(_CREDENTIAL, token="aa.bb.cc"),
    _APPSYNC,
]
_ODD_TEXTS = st.one_of(
    any_text,
    st.sampled_from(
        [
            "Bearer",
            "bearer  aa.bb.cc ",
            "Bearer " + "a" * 8193,
            "Bearer " + " " * 9000 + "a",
            "a=" * 4000,
            "; " * 4000 + "t=aa.bb.cc",
            "$connect",
            "arn:aws:execute-api:eu-west-1:123456789012:abc/prod/GET/\n",
            "arn:aws:execute-api:eu-west-1:" + "\N{FULLWIDTH DIGIT ONE}" * 12 + ":abc/prod/GET/",
            "İ",
        ]
    ),
)
_SOURCES = {source: settings(TOKEN_SOURCE=source) for source in ("authorization", "cookie:t")}
_SOURCES["query:token"] = settings(TOKEN_SOURCE="query:token", HTTP_API_RESPONSE="simple")
_REASONS = {
    Reason.TOKEN_MISSING,
    Reason.TOKEN_AMBIGUOUS,
    Reason.TOKEN_TOO_LONG,
    Reason.TOKEN_MALFORMED,
}
_DEVICES = {"ios", "android", "windows", "macos", "linux", "other"}


@st.composite
def _events(draw: st.DrawFn) -> Any:
    """An event of a known shape, with a few members anywhere in it replaced, removed or added."""
    event = copy.deepcopy(draw(st.sampled_from(_SHAPES)))
    for _ in range(draw(st.integers(0, 3))):
        holder: Any = event
        while True:
            inner = [name for name, held in holder.items() if isinstance(held, dict) and held]
            if not inner or draw(st.booleans()):
                break
            holder = holder[draw(st.sampled_from(sorted(inner)))]
        name = draw(st.sampled_from(sorted(holder)) | any_text) if holder else draw(any_text)
        how = draw(st.sampled_from(["text", "texts", "json", "drop"]))
        if how == "drop":
            holder.pop(name, None)
        elif how == "text":
            holder[name] = draw(_ODD_TEXTS)
        elif how == "texts":
            holder[name] = draw(st.lists(_ODD_TEXTS | any_json, max_size=3))
        else:
            holder[name] = draw(any_json)
    return event


def test_any_event_is_read_or_refused(fuzz: Fuzz[tuple[Any, str]]) -> None:
    """A token that is read out of an event stands in it as it is, and is not too long."""

    def holds(drawn: tuple[Any, str]) -> None:
        event, source = drawn
        chosen = _SOURCES[source]
        before = repr(event)
        request = attempt(lambda: read_request(event, chosen), DecisionError)
        if isinstance(request, DecisionError):
            note(request.reason)
            assert request.reason is Reason.EVENT_MALFORMED
            return
        token = attempt(lambda: read_token(request, chosen), DecisionError)
        assert repr(event) == before
        assert read_device(request.event) in _DEVICES
        if isinstance(token, DecisionError):
            note(token.reason)
            assert token.reason in _REASONS
            return
        note("read")
        assert 0 < len(token) <= chosen.token_max_bytes
        assert json.dumps(token)[1:-1] in json.dumps(event)
        assert request.form in AnswerForm
        assert isinstance(request.resource, str)
        assert isinstance(request.route, str)

    fuzz(st.tuples(_events() | any_json, st.sampled_from(sorted(_SOURCES))), holds)
