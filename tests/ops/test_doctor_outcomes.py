"""What ``doctor`` makes of its checks: three outcomes, codes that are accepted, and its output."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from infra.near_quota import near
from infra.session_ledger import TTL_ATTRIBUTE
from ops.answers import Exit
from ops.command import NEEDS
from ops.doctor import ledger_checks
from ops.doctor.examine import CHECKS, KINDS
from simulation.advice import HEADROOM
from tests.ops.bench import OpsBench
from tests.ops.deployed import invocation_uri
from tests.ops.healthy_account import (
    alarms,
    deployed,
    functions,
    healthy_account,
    methods,
    pool,
    stack_of,
)
from tests.ops.scripted_aws import REGION, Answer, ScriptedAws, promised_members

_PROJECT = Path(__file__).parents[2]
_ALARMS = "monitoring:DescribeAlarms"
_METHODS = "apigateway:GetResources"
_EXPORT = "apigateway:GetExport"
_NONE = {"authorizationType": "NONE"}


@pytest.fixture
def account() -> ScriptedAws:
    """An account in which nothing is wrong, yet."""
    return healthy_account()


#: What nothing can be looked at without.
_FIRST = {"ssm:GetParametersByPath", "lambda:GetFunctionConfiguration"}
#: Others say the same.
_ONE_OF_SEVERAL = {"cognito-idp:GetProvisionedLimit"}


@pytest.mark.parametrize("operation", sorted(set(healthy_account().answers) - _FIRST))
def test_what_cannot_be_asked_is_not_fine(account: ScriptedAws, operation: str) -> None:
    """A check that is refused is named, is not fine, and the program ends with 3."""
    account.answers[operation] = "AccessDeniedException"
    ran = account.run("doctor")
    if operation in _ONE_OF_SEVERAL:
        assert ran.exit_code == Exit.FINE
        return
    unknown = [check for check in ran.data["checks"] if check["state"] == "unknown"]
    assert (ran.exit_code, ran.data["findings"]) == (Exit.UNAVAILABLE, [])
    assert unknown
    assert all(check["reason"] for check in unknown)
    assert len(ran.document["warnings"]) == len(unknown)


@pytest.mark.parametrize("operation", sorted(_FIRST))
def test_without_the_deployment(account: ScriptedAws, operation: str) -> None:
    """Where not even the deployment can be read, there is no answer."""
    account.answers[operation] = "AccessDeniedException"
    assert account.run("doctor").exit_code == Exit.UNAVAILABLE


def test_wrong_comes_before_unknown(account: ScriptedAws) -> None:
    """Something wrong ends with 1, and what is not known is said all the same."""
    account.answers |= {_ALARMS: "Throttling", _METHODS: methods(POST=_NONE)}
    ran = account.run("doctor")
    assert (ran.exit_code, ran.data["unknown"]) == (Exit.FINDING, ["alarms", "quota_alarm"])


def test_what_was_found_before_a_failure_stays(account: ScriptedAws) -> None:
    """A check that breaks off keeps what it had found."""
    account.answers["cloudformation:DescribeStacks"] = "AccessDenied"
    account.answers["apigateway:GetRestApis"] = {"items": []}
    ran = account.run("doctor")
    (delays,) = [check for check in ran.data["checks"] if check["check"] == "delays"]
    assert (delays["state"], delays["findings"]) == ("unknown", 1)


@pytest.mark.parametrize("operation", ["GetStages", "GetResources"])
def test_an_api_without_any(account: ScriptedAws, operation: str) -> None:
    """API Gateway leaves empty lists out: there is nothing wrong with what is not there."""
    account.answers[f"apigateway:{operation}"] = {}
    ran = account.run("doctor")
    assert (ran.exit_code, ran.data["unknown"]) == (Exit.FINE, [])


def test_a_surprise(account: ScriptedAws) -> None:
    """It is one check that is not known, named by its kind and place; its text stays inside."""
    account.answers |= {"lambda:GetPolicy": {"Policy": "not-json"}, _METHODS: methods(POST=_NONE)}
    ran = account.run("doctor")
    assert (ran.exit_code, ran.data["unknown"]) == (Exit.FINDING, ["trigger"])
    (reason,) = [check["reason"] for check in ran.data["checks"] if check["state"] == "unknown"]
    assert re.fullmatch(r".*please report it: JSONDecodeError at \w+\.py:\d+", reason)
    assert "not-json" not in ran.everything


def test_accepted_findings(account: ScriptedAws) -> None:
    """What is accepted is shown and does not count; another finding does."""
    account.answers |= {_ALARMS: alarms(AlarmActions=[])}
    ran = account.run("doctor", "--accept", "alarms_tell_nobody")
    assert (ran.exit_code, ran.data["wrong"]) == (Exit.FINE, 0)
    assert [finding["accepted"] for finding in ran.data["findings"]] == [True]
    account.answers |= {_METHODS: methods(POST=_NONE)}
    assert account.run("doctor", "--accept", "alarms_tell_nobody").exit_code == Exit.FINDING


def test_a_code_that_does_not_exist(account: ScriptedAws) -> None:
    """Nobody accepts something that cannot be found."""
    assert account.run("doctor", "--accept", "nonsense").exit_code == Exit.USAGE


def test_open_routes(account: ScriptedAws) -> None:
    """A route that is open on purpose is no finding, one that is gone is."""
    account.answers |= {_METHODS: methods(POST=_NONE)}
    assert account.run("doctor", "--open", "POST /orders").exit_code == Exit.FINE
    ran = account.run("doctor", "--open", "POST /orders", "--open", "GET /health")
    assert [finding["code"] for finding in ran.data["findings"]] == ["open_route_gone"]


def test_routes_of_other_kinds_of_api(account: ScriptedAws) -> None:
    """Routes of HTTP APIs are looked at, and of WebSocket APIs that by which one connects."""
    rest = account.answers["apigateway:GetAuthorizers"]
    assert callable(rest)
    (found,) = rest({"restApiId": ""})["items"]
    guard = {"AuthorizerId": "auth2", "Name": "sessions", "AuthorizerUri": found["authorizerUri"]}
    guard |= {"AuthorizerResultTtlInSeconds": 0}
    kinds = {"web": "HTTP", "socket": "WEBSOCKET"}
    ours = {"AuthorizationType": "CUSTOM", "AuthorizerId": "auth2"}
    account.answers |= {
        "apigateway:GetRestApis": {"items": []},
        "apigateway:GetApis": {
            "Items": [
                {
                    "ApiId": name,
                    "Name": name,
                    "ProtocolType": kind,
                    "RouteSelectionExpression": "$request.method",
                }
                for name, kind in kinds.items()
            ]
        },
        "apigateway:GetAuthorizers": {"Items": [guard]},
        "apigateway:GetStages": {"Items": [{"StageName": "live"}]},
        "apigateway:GetRoutes": lambda params: {
            "Items": [{"RouteKey": "GET /a"} | ours, {"RouteKey": "GET /b"}]
            if params["ApiId"] == "web"
            else [{"RouteKey": "$connect"} | ours, {"RouteKey": "say"}]
        },
        "apigateway:ExportApi": deployed({"get /a": "sessions", "get /b": ""}),
    }
    ran = account.run("doctor")
    assert [(f["code"], f["what"]) for f in ran.data["findings"]] == [
        ("route_open", "GET /b has no authorizer")
    ]


def test_a_route_that_is_deployed_open_on_purpose(account: ScriptedAws) -> None:
    """What is open on purpose may have been deployed so, whatever it is configured to be since."""
    account.answers |= {_EXPORT: deployed({"get /orders": "", "post /orders": ""})}
    account.answers |= {_METHODS: methods(POST=_NONE)}
    ran = account.run("doctor", "--open", "GET /orders", "--open", "POST /orders")
    assert ran.exit_code == Exit.FINE
    ran = account.run("doctor", "--open", "POST /orders")
    assert [(f["code"], f["what"]) for f in ran.data["findings"]] == [
        ("stage_behind", "GET /orders was deployed without the authorizer")
    ]


@pytest.mark.parametrize(
    "answer", ["NotFoundException", lambda _params: {"body": io.BytesIO(b"<html>")}]
)
def test_a_stage_that_is_not_exported(account: ScriptedAws, answer: Answer) -> None:
    """How it was deployed is not known then, and nothing is taken for fine."""
    account.answers[_EXPORT] = answer
    ran = account.run("doctor")
    assert (ran.exit_code, ran.data["unknown"]) == (Exit.UNAVAILABLE, ["stages"])
    (stages,) = [check for check in ran.data["checks"] if check["check"] == "stages"]
    assert stages["reason"] == "API Gateway does not export orders/v1"


def _behind(handler: str) -> ScriptedAws:
    """An account where ``POST /orders`` has no authorizer and a function of the stack behind it."""
    account = healthy_account()
    names = ("Authorizer", "Hook", "Feed", "SignOut")
    uri = invocation_uri(f"arn:aws:lambda:{REGION}:123456789012:function:SignOut")
    account.answers |= {
        "cloudformation:ListStackResources": stack_of(
            *(("AWS::Lambda::Function", name) for name in names)
        ),
        "lambda:GetFunctionConfiguration": functions(SignOut={"Handler": handler}),
        _METHODS: methods(POST={"authorizationType": "NONE", "methodIntegration": {"uri": uri}}),
    }
    return account


@pytest.mark.parametrize("handler", ["sign_out.handler.handler", "receivers.handlers.x.handler"])
def test_a_route_that_verifies_what_it_is_sent(handler: str) -> None:
    """The deployment's own routes that end sessions are open, and are no finding."""
    assert _behind(handler).run("doctor").exit_code == Exit.FINE


def test_an_open_route_of_another_function() -> None:
    """A function of the stack's is not enough."""
    ran = _behind("orders.handler").run("doctor")
    assert [finding["code"] for finding in ran.data["findings"]] == ["route_open"]


def test_for_people(account: ScriptedAws) -> None:
    """People see what is wrong, why it matters and how to mend it, the worst first."""
    account.answers |= {
        "cognito-idp:DescribeUserPool": pool(DeletionProtection="INACTIVE"),
        _METHODS: methods(POST=_NONE),
    }
    shown = account.run("doctor", is_json=False).stdout
    assert shown.index("route_open") < shown.index("pool_unprotected")
    assert "POST /orders has no authorizer" in shown
    assert "Anybody may call it" in shown
    assert "2 findings, 0 checks not made." in shown


def test_no_secret_goes_out(account: ScriptedAws) -> None:
    """An app client's secret, which Cognito tells along with it, is not shown."""
    for is_json in (True, False):
        assert "do-not-show" not in account.run("doctor", is_json=is_json).everything


def test_a_name_that_a_terminal_would_obey(account: ScriptedAws) -> None:
    """What others have named their APIs reaches no terminal as a command."""
    account.answers |= {
        "apigateway:GetRestApis": {"items": [{"id": "api1", "name": "\x1b]0;x\x07"}]},
        _METHODS: methods(POST=_NONE),
    }
    assert "\x1b]0;x" not in account.run("doctor", is_json=False).stdout


def test_where_more_is_said() -> None:
    """Each kind's page is AWS's, or is in this repository."""
    for kind in KINDS:
        is_here = (_PROJECT / kind.docs).is_file()
        assert is_here or kind.docs.startswith("https://docs.aws.amazon.com/"), kind.code


def test_codes_are_words_for_scripts() -> None:
    """Codes and names are unique words."""
    codes, names = [kind.code for kind in KINDS], [check.name for check in CHECKS]
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z_]+", word) for word in codes + names)


def test_what_it_knows_of_the_rest_of_the_project() -> None:
    """What is written down twice, so as not to import CDK or the simulation, is the same."""
    assert near(1) == HEADROOM
    assert ledger_checks.TTL_ATTRIBUTE == TTL_ATTRIBUTE


def test_the_members_of_its_answer(account: ScriptedAws) -> None:
    """What scripts are promised is there, and nothing that is not promised."""
    account.answers |= {_ALARMS: alarms(AlarmActions=[])}
    data = account.run("doctor").data
    promised = promised_members("doctor")
    assert set(data) == set(re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", promised)))
    each = re.findall(r"\(each ([^)]*)\)", promised)
    assert [set(re.findall(r"`(\w+)`", members)) for members in each] == [
        set(data["checks"][0]),
        set(data["findings"][0]),
    ]


def test_only_reading_rights() -> None:
    """It needs no right to change anything."""
    reading = re.compile(r"[a-z-]+:(Get|Describe|List|BatchGet|GET)")
    assert all(reading.match(action) for action in NEEDS["doctor"])


def test_on_the_local_stack(bench: OpsBench) -> None:
    """On the local stack it finds what that lacks, and names what moto does not say."""
    for operation in ("GetProvisionedLimit", "GetUserPoolSessionConfiguration"):
        bench.failing[f"cognito-idp:{operation}"] = ("InvalidParameterException", "not here")
    ran = bench.run("doctor")
    assert ran.exit_code == Exit.FINDING, ran.everything
    codes = {finding["code"] for finding in ran.data["findings"]}
    assert {"unsafe_choice", "ledger_without_recovery", "alarms_missing"} <= codes
    assert {"trigger", "quotas"} <= set(ran.data["unknown"])
    states = {check["check"]: check["state"] for check in ran.data["checks"]}
    assert (states["routes"], states["revocation"]) == ("fine", "fine")
