"""What a deployment tells the stacks that attach: each name, and a value that is true."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Template

from authorizer.choices import HttpApiResponse, OutageRule
from infra.authorizer_options import AuthorizerOptions
from infra.exports import AuthorizerExports, Export, parameter_name
from infra.function_options import Removal
from infra.operator_log import OperatorLog
from infra.session_authorizer import SessionAuthorizer
from infra.session_ledger import SessionLedger

from .conftest import resources

POOL = "eu-west-1_AbCdEfGhI"


def export(
    stack: cdk.Stack,
    *,
    options: AuthorizerOptions | None = None,
    ttl_seconds: int | None = None,
    http_api_response: HttpApiResponse = HttpApiResponse.IAM,
    client_ids: tuple[str, ...] = ("web", "app"),
    has_ledger: bool = False,
    has_operator_log: bool = True,
) -> dict[str, object]:
    """Values by parameter name; ``ttl_seconds`` is handed out after the exports were made."""
    ledger = SessionLedger(stack, "Ledger", removal_policy=Removal.DESTROY) if has_ledger else None
    sessions = SessionAuthorizer(
        stack,
        "Sessions",
        user_pool=cognito.UserPool.from_user_pool_id(stack, "Pool", POOL),
        client_ids=client_ids,
        options=options or AuthorizerOptions(),
        http_api_response=http_api_response,
        ledger=ledger,
    )
    AuthorizerExports(
        stack,
        "Exports",
        sessions=sessions,
        function_arn=sessions.function.function_arn,
        user_pool_id=POOL,
        client_ids=client_ids,
        http_api_response=http_api_response,
        has_ledger=has_ledger,
        operator_log=OperatorLog(stack, "OperatorLog") if has_operator_log else None,
    )
    if ttl_seconds is not None:
        api = apigateway.RestApi(stack, "Rest")
        authorizer = sessions.rest_authorizer(api, "Session", ttl_seconds=ttl_seconds)
        api.root.add_method("GET", apigateway.MockIntegration(), authorizer=authorizer)
    found = resources(Template.from_stack(stack), "AWS::SSM::Parameter")
    return {parameter["Name"]: parameter["Value"] for parameter in found.values()}


def test_each_name_is_there_once(stack: cdk.Stack) -> None:
    """Every export has a parameter below the stack's name, and there is none besides."""
    assert set(export(stack)) == {parameter_name("Stack", member) for member in Export}


def test_what_there_is_not_is_not_exported(stack: cdk.Stack) -> None:
    """Without a log for operators nobody is told of one."""
    name = parameter_name("Stack", Export.OPERATOR_LOG_GROUP)
    assert name not in export(stack, has_operator_log=False)


def test_the_names_stay() -> None:
    """Names are a contract with stacks that nobody here knows: a change breaks them."""
    assert {parameter_name("CognitoSessionAuthorizer", member) for member in Export} == {
        "/CognitoSessionAuthorizer/authorizer/function-arn",
        "/CognitoSessionAuthorizer/authorizer/user-pool-id",
        "/CognitoSessionAuthorizer/authorizer/client-ids",
        "/CognitoSessionAuthorizer/authorizer/token-source",
        "/CognitoSessionAuthorizer/authorizer/rest-identity-source",
        "/CognitoSessionAuthorizer/authorizer/http-identity-source",
        "/CognitoSessionAuthorizer/authorizer/websocket-identity-source",
        "/CognitoSessionAuthorizer/authorizer/http-api-response",
        "/CognitoSessionAuthorizer/authorizer/gateway-ttl-seconds",
        "/CognitoSessionAuthorizer/authorizer/revocation-delay-seconds",
        "/CognitoSessionAuthorizer/authorizer/operator-log-group",
    }


def test_the_function_is_the_one_to_invoke(stack: cdk.Stack) -> None:
    """The ARN is the authorizer's own, by reference and not by name."""
    arn = export(stack)[parameter_name("Stack", Export.FUNCTION_ARN)]
    assert isinstance(arn, dict)
    (logical_id, attribute) = arn["Fn::GetAtt"]
    assert logical_id.startswith("SessionsAuthorizer")
    assert attribute == "Arn"


def test_pool_and_form_are_the_authorizers(stack: cdk.Stack) -> None:
    """The pool's id and the form of HTTP answers are those that the function was given."""
    values = export(stack, http_api_response=HttpApiResponse.SIMPLE)
    assert values[parameter_name("Stack", Export.USER_POOL_ID)] == POOL
    assert values[parameter_name("Stack", Export.HTTP_API_RESPONSE)] == "simple"


def test_clients_of_machines_are_listed(stack: cdk.Stack) -> None:
    """A machine's tokens are accepted too, so its client belongs to the list."""
    values = export(stack, options=AuthorizerOptions(machine_client_ids=("robot",)))
    assert values[parameter_name("Stack", Export.CLIENT_IDS)] == "web,app,robot"


def test_machines_alone_make_a_list(stack: cdk.Stack) -> None:
    """Parameters can't be empty, and a deployment for machines alone need not be."""
    values = export(stack, options=AuthorizerOptions(machine_client_ids=("robot",)), client_ids=())
    assert values[parameter_name("Stack", Export.CLIENT_IDS)] == "robot"


@pytest.mark.parametrize(
    ("source", "rest", "http", "websocket"),
    [
        (
            "cookie:session",
            "method.request.header.Cookie",
            "$request.header.Cookie",
            "route.request.header.Cookie",
        ),
        (
            "query:token",
            "method.request.querystring.token",
            "$request.querystring.token",
            "route.request.querystring.token",
        ),
    ],
)
def test_identity_sources_follow_the_token_source(
    stack: cdk.Stack, source: str, rest: str, http: str, websocket: str
) -> None:
    """Each kind of API is told, in its own words, where the function reads the token."""
    values = export(stack, options=AuthorizerOptions(token_source=source))
    assert values[parameter_name("Stack", Export.TOKEN_SOURCE)] == source
    assert values[parameter_name("Stack", Export.REST_IDENTITY_SOURCE)] == rest
    assert values[parameter_name("Stack", Export.HTTP_IDENTITY_SOURCE)] == http
    assert values[parameter_name("Stack", Export.WEBSOCKET_IDENTITY_SOURCE)] == websocket


@pytest.mark.parametrize(("ttl_seconds", "ttl", "delay"), [(None, "0", "15"), (30, "30", "45")])
def test_the_ttl_is_what_the_function_is_told(
    stack: cdk.Stack, ttl_seconds: int | None, ttl: str, delay: str
) -> None:
    """The TTL and the delay count authorizers that were handed out after the exports were made."""
    values = export(stack, ttl_seconds=ttl_seconds)
    (function,) = [
        properties
        for properties in resources(Template.from_stack(stack), "AWS::Lambda::Function").values()
        if "GATEWAY_TTL_SECONDS" in properties["Environment"]["Variables"]
    ]
    assert values[parameter_name("Stack", Export.GATEWAY_TTL_SECONDS)] == ttl
    assert function["Environment"]["Variables"]["GATEWAY_TTL_SECONDS"] == ttl
    assert values[parameter_name("Stack", Export.REVOCATION_DELAY_SECONDS)] == delay


def test_the_delay_counts_the_memory_of_the_ledgers_rows(stack: cdk.Stack) -> None:
    """With a ledger a sandbox may have remembered the shared verdict for the memory TTL on top."""
    values = export(stack, has_ledger=True)
    assert values[parameter_name("Stack", Export.REVOCATION_DELAY_SECONDS)] == "20"


def test_a_delay_without_bound_is_not_a_number(stack: cdk.Stack) -> None:
    """Under a rule that lets revoked sessions in, no attached stack may read a sum."""
    options = AuthorizerOptions(
        outage_rule=OutageRule.ALLOW, accept_unbounded_revocation_delay=True
    )
    values = export(stack, options=options)
    assert values[parameter_name("Stack", Export.REVOCATION_DELAY_SECONDS)] == "unbounded"
