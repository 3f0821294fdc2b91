"""Each function's role allows what its code was seen to call, there and nowhere else."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

import aws_cdk as cdk
import boto3
import pytest
from aws_cdk.assertions import Template

from authorizer import wiring as authorizer_wiring
from authorizer.response import Unauthorized
from infra.settings import DeploymentSettings
from infra.stack import SessionAuthorizerStack
from ledger.roster import SessionPolicy
from local.clock import MovableClock
from native_sessions import wiring as native_wiring
from native_sessions.resources import FOUND, NATIVE_SESSIONS
from pre_token_hook import wiring as hook_wiring
from session_feed import wiring as feed_wiring
from session_feed.events import EFFECTS
from tests.contracts.signed_calls import SignedCalls
from tests.dynamodb import TABLE
from tests.events import rest_request
from tests.infra.conftest import CONTEXT, resources
from tests.tokens import CLIENT_ID, ISSUER, MACHINE_CLIENT_ID, NOW, POOL_ID, SessionMaker, sign
from tests.unit.native_sessions.stack import event as custom_resource
from tests.unit.pre_token_hook.triggers import VERSIONS
from tests.unit.session_feed.bench import event

#: Put into each sandbox by Lambda.
LAMBDA = {
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
}

HANDLERS = {
    "authorizer": "authorizer.handler.handler",
    "hook": "pre_token_hook.handler.handler",
    "feed": "session_feed.handler.handler",
    "native": "native_sessions.handler.handler",
}

Granted = set[tuple[str, str]]


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in LAMBDA.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module", params=[True, False], ids=["ledger", "no ledger"])
def has_ledger(request: pytest.FixtureRequest) -> bool:
    """With the table and without."""
    return bool(request.param)


@pytest.fixture(scope="module")
def template(has_ledger: bool) -> Template:
    """What is deployed then."""
    return synthesized(ledger=has_ledger)


@pytest.fixture
def aws() -> SignedCalls:
    """What notes the calls."""
    return SignedCalls()


@pytest.fixture
def address(aws: SignedCalls) -> Iterator[str]:
    """Where it listens."""
    with aws.served() as address:
        yield address


def synthesized(**members: Any) -> Template:
    app = cdk.App(context={**CONTEXT, "authorizer": members})
    settings = DeploymentSettings.from_context(app.node.get_all_context())
    return Template.from_stack(SessionAuthorizerStack(app, settings))


def function_of(template: Template, name: str) -> Mapping[str, Any]:
    """Properties of the function with this handler."""
    functions = resources(template, "AWS::Lambda::Function").values()
    (function,) = [f for f in functions if f["Handler"] == HANDLERS[name]]
    return function


def allowed(template: Template, name: str) -> Granted:
    """Every action that the function's role allows, with the logical id of what it allows it on."""
    (role, _) = function_of(template, name)["Role"]["Fn::GetAtt"]
    assert set(resources(template, "AWS::IAM::Role")[role]) == {"AssumeRolePolicyDocument"}
    granted = set()
    for policy in resources(template, "AWS::IAM::Policy").values():
        if {"Ref": role} not in policy["Roles"]:
            continue
        for statement in policy["PolicyDocument"]["Statement"]:
            assert set(statement) == {"Action", "Effect", "Resource"}
            assert statement["Effect"] == "Allow"
            (resource, attribute) = statement["Resource"]["Fn::GetAtt"]
            assert attribute == "Arn"
            actions = statement["Action"]
            for action in [actions] if isinstance(actions, str) else actions:
                granted.add((action, resource))
    return granted


def asked_by_lambda(template: Template, name: str) -> Granted:
    """What Lambda itself does in the role's name: it writes the log, and hands failures over."""
    function = function_of(template, name)
    log_group = function["LoggingConfig"]["LogGroup"]["Ref"]
    asked = {(f"logs:{action}", log_group) for action in ("CreateLogStream", "PutLogEvents")}
    for bounds in resources(template, "AWS::Lambda::EventInvokeConfig").values():
        if resources(template, "AWS::Lambda::Function")[bounds["FunctionName"]["Ref"]] == function:
            queue = bounds["DestinationConfig"]["OnFailure"]["Destination"]
            asked.add(("sqs:SendMessage", queue["Fn::GetAtt"][0]))
    return asked


def deployed(template: Template, name: str, seen: Granted) -> Granted:
    """The calls that were seen, on the table and the pool that the template gives the function."""
    (pool,) = resources(template, "AWS::Cognito::UserPool")
    variables = function_of(template, name)["Environment"]["Variables"]
    names = {POOL_ID: pool, TABLE: variables.get("LEDGER_TABLE", {}).get("Ref", "no table")}
    return {(action, names[resource]) for action, resource in seen}


def use_authorizer(address: str, *, has_ledger: bool, policy: SessionPolicy) -> None:
    """Two sessions of a user, again and again, one revoked; an ID token and a machine's."""
    aws_of_a_sandbox = {
        **LAMBDA,
        "LOCAL_ENDPOINT": address,
        "ISSUERS": ISSUER,
        "CLIENT_IDS": CLIENT_ID,
        "MACHINE_CLIENT_IDS": MACHINE_CLIENT_ID,
        "TOKEN_USES": "access,id",
        "UNCHECKED_SESSION_RULE": "allow",
    }
    if has_ledger:
        aws_of_a_sandbox |= {"LEDGER_TABLE": TABLE, "SESSION_POLICY": policy.value}
    clock = MovableClock(NOW)
    authorizer = authorizer_wiring.wire(
        aws_of_a_sandbox,
        clock=clock,
        monotonic=clock,
        log_stream=io.StringIO(),
        service=f"roles-{policy}-{has_ledger}",
    )
    first = SessionMaker()
    second = SessionMaker(subject=first.subject, signed_in_at=NOW - 60)
    claims = (first.access(), second.access(), first.identity(), SessionMaker().machine())
    for _ in range(3):
        for token in map(sign, claims):
            try:
                authorizer.handle(rest_request(f"Bearer {token}"), "request-1")
            except Unauthorized:
                continue
        clock.advance(30)


def test_the_authorizer_may_do_what_it_calls(
    template: Template, aws: SignedCalls, address: str, has_ledger: bool
) -> None:
    """Without a ledger it signs nothing; with one, what all of its policies have it call."""
    for policy in SessionPolicy:
        use_authorizer(address, has_ledger=has_ledger, policy=policy)
    # The roster's writes and Cognito's question have been made, or nothing was proved.
    assert aws.unsigned == {"GetUser"}
    assert bool(aws.table.rows) is has_ledger
    called = deployed(template, "authorizer", aws.seen)
    assert allowed(template, "authorizer") == called | asked_by_lambda(template, "authorizer")


def test_the_hook_may_do_what_it_calls(
    template: Template, aws: SignedCalls, address: str, has_ledger: bool
) -> None:
    """It signs users of its one pool out, and marks them where there is a ledger."""
    environ = LAMBDA | {"LOCAL_ENDPOINT": address}
    hook = hook_wiring.wire(
        environ | ({"LEDGER_TABLE": TABLE} if has_ledger else {}),
        log_stream=io.StringIO(),
        service=f"roles-hook-{has_ledger}",
    )
    for version in VERSIONS:
        hook.handle(version(), "request-1")
    assert ("cognito-idp:AdminUserGlobalSignOut", POOL_ID) in aws.seen
    called = deployed(template, "hook", aws.seen)
    assert allowed(template, "hook") == called | asked_by_lambda(template, "hook")


def test_the_feed_may_do_what_it_calls(aws: SignedCalls, address: str) -> None:
    """It marks, whatever it hears of, and Lambda hands over what it could not."""
    template = synthesized()
    feed = feed_wiring.wire(
        LAMBDA | {"LOCAL_ENDPOINT": address, "USER_POOL_ID": POOL_ID, "LEDGER_TABLE": TABLE},
        log_stream=io.StringIO(),
        service="roles-feed",
    )
    for operation in EFFECTS:
        feed.handle(event(operation))
    assert aws.seen
    called = deployed(template, "feed", aws.seen)
    assert allowed(template, "feed") == called | asked_by_lambda(template, "feed")


def test_native_sessions_may_do_what_they_call(aws: SignedCalls, address: str) -> None:
    """What is made, changed and deleted takes no more than reading and writing one thing."""
    template = synthesized(sessionMode="native", sessionLimit=3)
    found = {"UserSessionTracking": "DISABLED", "TokenSession": {"MaxPerUser": 20}}
    aws.pool_answers = {"GetUserPoolSessionConfiguration": found}
    answers: list[bytes] = []
    # The SDK's published types lag behind the operations.
    client: Any = boto3.client("cognito-idp", region_name="eu-west-1", endpoint_url=address)
    function = native_wiring.wire(
        LAMBDA,
        client=client,
        send=lambda _, body: answers.append(body),
        pause=lambda _: None,
        log_stream=io.StringIO(),
        service="roles-native",
    )
    properties = {
        "UserPoolId": POOL_ID,
        "MaxPerUser": "3",
        "FoundTracking": "DISABLED",
        "FoundMaxPerUser": "20",
    }
    for kind, name in itertools.product(("Create", "Update", "Delete"), (FOUND, NATIVE_SESSIONS)):
        physical_id = "" if kind == "Create" else POOL_ID
        function.handle(custom_resource(kind, name, physical_id, **properties), "request-1")
    assert [json.loads(answer)["Status"] for answer in answers] == ["SUCCESS"] * 6
    called = deployed(template, "native", aws.seen)
    assert allowed(template, "native") == called | asked_by_lambda(template, "native")
