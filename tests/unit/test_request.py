"""The gateway's event: which kind it is, what it asks for, and the one token in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from authorizer.errors import Reason, UnavailableError
from authorizer.request import AnswerForm, GatewayRequest, read_request, read_token
from authorizer.settings import Settings
from tests.events import (
    API_ARN,
    STAGE_ARN,
    Event,
    http_v1,
    http_v2,
    rest_request,
    rest_token,
    websocket_connect,
)
from tests.sandbox import ENVIRONMENT


def _settings(**changes: str) -> Settings:
    return Settings.from_env(ENVIRONMENT | changes)


def _read(event: Any, **changes: str) -> GatewayRequest:
    return read_request(event, _settings(**changes))


def _token(event: Any, **changes: str) -> str:
    settings = _settings(**changes)
    return read_token(read_request(event, settings), settings)


_SHAPES: dict[str, tuple[Callable[..., Event], AnswerForm, str]] = {
    "REST, TOKEN": (rest_token, AnswerForm.POLICY, ""),
    "REST, REQUEST": (rest_request, AnswerForm.POLICY, "/orders"),
    "HTTP API, payload 1.0": (http_v1, AnswerForm.HTTP_POLICY, "/orders"),
    "HTTP API, payload 2.0": (http_v2, AnswerForm.HTTP_POLICY, "POST /orders"),
}


@pytest.mark.parametrize("shape", list(_SHAPES))
def test_each_shape_is_recognised(shape: str) -> None:
    """Each kind of event is told apart, with its stage, what is called, and its route."""
    make, form, route = _SHAPES[shape]
    event = make("Bearer a.b.c", method="POST", path="/orders")
    request = _read(event)
    assert (request.form, request.stage_arn, request.resource) == (form, STAGE_ARN, "POST/orders")
    assert (request.is_cacheable, request.route) == (True, route)
    assert request.event is event
    assert _token(event) == "a.b.c"


def test_a_websocket_event_is_recognised() -> None:
    """``$connect`` is the one route of a WebSocket API that is asked about; it is never cached."""
    request = _read(websocket_connect("Bearer a.b.c"))
    assert (request.form, request.stage_arn) == (AnswerForm.POLICY, STAGE_ARN)
    assert (request.resource, request.is_cacheable) == ("$connect", False)


def test_simple_responses_are_for_payload_2_only() -> None:
    """The simple form is given to HTTP APIs with payload 2.0, where it was asked for."""
    simple = {"HTTP_API_RESPONSE": "simple"}
    assert _read(http_v2("Bearer a.b.c"), **simple).form is AnswerForm.HTTP_SIMPLE
    assert _read(http_v1("Bearer a.b.c"), **simple).form is AnswerForm.HTTP_POLICY
    assert _read(rest_request("Bearer a.b.c"), **simple).form is AnswerForm.POLICY


@pytest.mark.parametrize(
    ("arn", "stage_arn", "resource"),
    [
        (f"{STAGE_ARN}/GET/", STAGE_ARN, "GET/"),
        (f"{STAGE_ARN}/GET", STAGE_ARN, "GET/"),
        (f"{STAGE_ARN}/GET/a/b:c/d e", STAGE_ARN, "GET/a/b:c/d e"),
        (f"{STAGE_ARN}/GET//", STAGE_ARN, "GET//"),
        (f"{STAGE_ARN}/GET/a\nb", STAGE_ARN, "GET/a\nb"),
        (f"{STAGE_ARN}/GET/\u00fc", STAGE_ARN, "GET/\u00fc"),
        (f"{API_ARN}/$default/GET/a", f"{API_ARN}/$default", "GET/a"),
        (f"{API_ARN}/test-invoke-stage/GET/", f"{API_ARN}/test-invoke-stage", "GET/"),
        (f"{API_ARN}/{'s' * 128}/GET/", f"{API_ARN}/{'s' * 128}", "GET/"),
    ],
)
def test_an_arn_is_taken_apart(arn: str, stage_arn: str, resource: str) -> None:
    """Stage and route are told apart at the second slash, whatever the path holds."""
    request = _read(rest_request("Bearer a.b.c") | {"methodArn": arn})
    assert (request.stage_arn, request.resource) == (stage_arn, resource)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_partition_is_known(partition: str) -> None:
    """The ARN may be of any of AWS's partitions."""
    arn = STAGE_ARN.replace("arn:aws:", f"arn:{partition}:")
    assert _read(rest_token("Bearer a.b.c") | {"methodArn": f"{arn}/GET/"}).stage_arn == arn


@pytest.mark.parametrize(
    "arn",
    [
        None,
        "",
        1,
        [STAGE_ARN],
        "*",
        STAGE_ARN,
        f"{STAGE_ARN}/",
        f"{STAGE_ARN}/get/hello",
        f"{STAGE_ARN}/TRACE/hello",
        f"{STAGE_ARN}/*/hello",
        f" {STAGE_ARN}/GET/",
        f"{STAGE_ARN}/$disconnect",
        f"{STAGE_ARN}/$connectx",
        f"{API_ARN}/{'s' * 129}/GET/",
        f"{API_ARN}/pr*d/GET/",
        f"{API_ARN}//GET/",
        STAGE_ARN.replace("execute-api", "lambda") + "/GET/",
        STAGE_ARN.replace("123456789012", "12345678901") + "/GET/",
        STAGE_ARN.replace("123456789012", "*") + "/GET/",
        STAGE_ARN.replace("abcdef123", "*") + "/GET/",
        STAGE_ARN.replace("arn:aws", "arn:evil") + "/GET/",
    ],
)
def test_another_arn_is_malformed(arn: Any) -> None:
    """An ARN that is not one of a called method can't be put into a policy."""
    for event in (
        rest_request("Bearer a.b.c") | {"methodArn": arn},
        rest_token("Bearer a.b.c") | {"methodArn": arn},
        http_v2("Bearer a.b.c") | {"routeArn": arn},
    ):
        with pytest.raises(UnavailableError) as raised:
            _read(event)
        assert raised.value.reason is Reason.EVENT_MALFORMED


@pytest.mark.parametrize(
    "event",
    [
        None,
        "",
        1,
        [],
        {},
        [rest_request("Bearer a.b.c")],
        rest_request("Bearer a.b.c") | {"type": "request"},
        rest_request("Bearer a.b.c") | {"type": None},
        rest_request("Bearer a.b.c") | {"type": ["REQUEST"]},
        rest_request("Bearer a.b.c") | {"version": "2.0"},
        rest_request("Bearer a.b.c") | {"version": "3.0"},
        rest_request("Bearer a.b.c") | {"version": 1.0},
        rest_request("Bearer a.b.c") | {"version": ["1.0"]},
        rest_token("Bearer a.b.c") | {"version": "1.0"},
        rest_token("Bearer a.b.c") | {"type": "token"},
        http_v2("Bearer a.b.c") | {"version": None},
        http_v2("Bearer a.b.c") | {"version": "1.0"},
        {"Records": []},
        {"triggerSource": "TokenGeneration_Authentication"},
    ],
)
def test_an_event_of_another_kind_is_malformed(event: Any) -> None:
    """An event that no gateway sends is our operator's mistake, not the caller's: 503."""
    with pytest.raises(UnavailableError) as raised:
        _read(event)
    assert raised.value.reason is Reason.EVENT_MALFORMED


def test_representations_hide_the_caller() -> None:
    """A request's representation tells its form and its owner's route, and nothing else."""
    event = rest_request("Bearer a.b.c", path="/secret") | {"resource": "/{name}"}
    assert (
        repr(_read(event)) == "GatewayRequest(form=<AnswerForm.POLICY: 'policy'>, route='/{name}')"
    )
