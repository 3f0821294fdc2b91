"""Each thing that ``doctor`` can find, in an account in which that alone is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ops.answers import Exit
from ops.doctor.examine import KINDS
from tests.ops.healthy_account import (
    CLIENT,
    HOOK_ARN,
    NOON,
    POOL,
    advanced_events,
    alarms,
    basic_events,
    client,
    clients,
    cookie,
    deployed,
    enforced,
    environ,
    functions,
    healthy_account,
    methods,
    policy,
    pool,
    stack_of,
    stage,
    table,
    usage,
)
from tests.ops.scripted_aws import REGION, Answer, ScriptedAws

_FUNCTION = "lambda:GetFunctionConfiguration"
_POOL = "cognito-idp:DescribeUserPool"
_CLIENT = "cognito-idp:DescribeUserPoolClient"
_METHODS = "apigateway:GetResources"
_STAGES = "apigateway:GetStages"
_EXPORT = "apigateway:GetExport"
_TABLE = "dynamodb:DescribeTable"
_ALARMS = "monitoring:DescribeAlarms"
_COOKIE = "cognito-idp:GetUserPoolClientSessionConfiguration"
_DATA = "monitoring:GetMetricData"
_LIMIT = "cognito-idp:GetProvisionedLimit"
_LOGS = "logs:DescribeLogGroups"
_SELECTORS = "cloudtrail:GetEventSelectors"

_ROTATION = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
_NONE = {"authorizationType": "NONE"}
_JWT = {"authorizationType": "COGNITO_USER_POOLS", "authorizerId": "other"}
_LITE_V2 = {"LambdaArn": HOOK_ARN, "LambdaVersion": "V2_0"}
_MANAGEMENT = {"Equals": ["Management"]}
_KMS = {"NotEquals": ["kms.amazonaws.com"]}
_HOOK_ADMITS = {"Variables": {"FAILURE_RULE": "admit"}}


def _told(**variables: str) -> Answer:
    return functions(Authorizer={"Environment": {"Variables": environ(**variables)}})


def _bundled(days: int) -> Answer:
    variables = environ(JWKS_FILE="keys.json")
    modified = f"2026-11-{20 - days:02}T11:59:59.000+0000"
    return functions(Authorizer={"Environment": {"Variables": variables}, "LastModified": modified})


def _cached(seconds: int, **changes: str) -> Answer:
    healthy = healthy_account().answers["apigateway:GetAuthorizers"]
    assert callable(healthy)
    (authorizer,) = healthy({"restApiId": ""})["items"]
    changed = authorizer | {"authorizerResultTtlInSeconds": seconds} | changes
    return lambda params: {"items": [changed]} if "restApiId" in params else {"Items": []}


def _kept(days: int | None, name: str) -> Answer:
    healthy = healthy_account().answers[_LOGS]
    assert isinstance(healthy, dict)
    kept = {} if days is None else {"retentionInDays": days}
    return {
        "logGroups": [
            {"logGroupName": name} | kept if group["logGroupName"] == name else group
            for group in healthy["logGroups"]
        ]
    }


def _schema(*names: str) -> list[dict[str, Any]]:
    return [{"Name": name, "Mutable": True} for name in names]


#: What is wrong, and by which answers; with two rows where there are two ways to it.
CASES: list[tuple[str, dict[str, Answer]]] = [
    ("client_missing", {_CLIENT: "ResourceNotFoundException"}),
    ("admin_scope_missing", {_CLIENT: client(AllowedOAuthScopes=["openid"])}),
    ("revocation_off", {_CLIENT: client(EnableTokenRevocation=False)}),
    ("dangerous_write_attributes", {_CLIENT: client(WriteAttributes=["email", "locale"])}),
    ("dangerous_write_attributes", {_CLIENT: client(WriteAttributes=["custom:role"])}),
    ("trigger_missing", {_POOL: pool(LambdaConfig={})}),
    ("trigger_missing", {_POOL: pool(LambdaConfig={"PreTokenGeneration": f"{HOOK_ARN}Other"})}),
    ("trigger_pinned", {_POOL: pool(LambdaConfig={"PreTokenGeneration": f"{HOOK_ARN}:3"})}),
    ("trigger_without_permission", {"lambda:GetPolicy": "ResourceNotFoundException"}),
    ("trigger_without_permission", {"lambda:GetPolicy": policy("arn:aws:cognito-idp:::other")}),
    ("trigger_without_permission", {"lambda:GetPolicy": policy("*", "s3.amazonaws.com")}),
    (
        "trigger_version_and_tier",
        {_POOL: pool(UserPoolTier="LITE", LambdaConfig={"PreTokenGenerationConfig": _LITE_V2})},
    ),
    ("rotation_against_hook", {_CLIENT: client(RefreshTokenRotation=_ROTATION)}),
    (
        "rotation_against_hook",
        {
            "cognito-idp:ListUserPoolClients": clients(CLIENT, "unlisted1"),
            _CLIENT: lambda params: (
                client(RefreshTokenRotation=_ROTATION)
                if params["ClientId"] == "unlisted1"
                else client()
            ),
        },
    ),
    ("hook_admits", {_FUNCTION: functions(Hook={"Environment": _HOOK_ADMITS})}),
    (
        "native_sessions_off",
        {
            "cloudformation:ListStackResources": stack_of(("Custom::NativeSessions", "SetUp")),
            "cognito-idp:GetUserPoolSessionConfiguration": {
                "UserPoolId": POOL,
                "UserSessionTracking": "DISABLED",
            },
        },
    ),
    ("managed_login_cookie", {_COOKIE: cookie(60)}),
    ("managed_login_cookie", {_COOKIE: "FeatureUnavailableInTierException"}),
    ("managed_login_cookie", {_COOKIE: "OperationNotEnabledException"}),
    ("pool_unprotected", {_POOL: pool(DeletionProtection="INACTIVE")}),
    ("unsafe_choice", {_FUNCTION: _told(MACHINE_CLIENT_IDS=CLIENT)}),
    ("issuer_not_taken", {_POOL: pool(IssuerConfiguration={"Type": "UPDATED"})}),
    ("bundled_keys_old", {_FUNCTION: _bundled(8)}),
    ("no_api", {"apigateway:GetRestApis": {"items": []}}),
    ("gateway_ttl_above_known", {"apigateway:GetAuthorizers": _cached(10)}),
    (
        "identity_source_elsewhere",
        {"apigateway:GetAuthorizers": _cached(0, identitySource="method.request.header.Cookie")},
    ),
    (
        "identity_source_elsewhere",
        {_FUNCTION: _told(TOKEN_SOURCE="cookie:session")},
    ),
    (
        "cache_not_keyed_by_token",
        {
            "apigateway:GetAuthorizers": _cached(1, identitySource="context.httpMethod"),
            _FUNCTION: _told(GATEWAY_TTL_SECONDS="1"),
        },
    ),
    (
        "cache_not_keyed_by_token",
        {
            "apigateway:GetAuthorizers": _cached(1, identitySource=""),
            _FUNCTION: _told(GATEWAY_TTL_SECONDS="1"),
        },
    ),
    (
        "delay_above_maximum",
        {"apigateway:GetAuthorizers": _cached(41), _FUNCTION: _told(GATEWAY_TTL_SECONDS="41")},
    ),
    ("route_open", {_METHODS: methods(POST=_NONE)}),
    ("route_guarded_otherwise", {_METHODS: methods(POST=_JWT)}),
    ("stage_behind", {_EXPORT: deployed({"get /orders": ""})}),
    ("stage_behind", {_EXPORT: deployed({"get /orders": "pool"})}),
    ("stage_behind", {_EXPORT: deployed({"get /orders": "sessions", "get /gone": ""})}),
    (
        "gateway_ttl_above_known",
        {_EXPORT: deployed({"get /orders": "sessions"}, ttl_seconds=1)},
    ),
    ("stage_traces_data", {_STAGES: stage(methodSettings={"*/*": {"dataTraceEnabled": True}})}),
    (
        "log_format_shows_callers",
        {_STAGES: stage(accessLogSettings={"format": "$context.authorizer.username"})},
    ),
    ("runtime_deprecated", {_FUNCTION: functions(Hook={"Runtime": "python3.10"})}),
    ("function_not_active", {_FUNCTION: functions(Feed={"LastUpdateStatus": "Failed"})}),
    ("timeout_short", {_FUNCTION: functions(Authorizer={"Timeout": 2})}),
    ("hook_timeout_long", {_FUNCTION: functions(Hook={"Timeout": 5})}),
    ("no_concurrency", {"lambda:GetFunctionConcurrency": {"ReservedConcurrentExecutions": 0}}),
    (
        "account_concurrency_low",
        {"lambda:GetAccountSettings": {"AccountLimit": {"UnreservedConcurrentExecutions": 99}}},
    ),
    ("log_kept_for_ever", {_LOGS: _kept(None, "/logs/Hook")}),
    ("trail_short", {_LOGS: _kept(364, "/operators")}),
    ("trail_missing", {_LOGS: {"logGroups": []}}),
    ("ledger_not_usable", {_TABLE: "ResourceNotFoundException"}),
    (
        "ledger_not_usable",
        {_TABLE: table(KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])},
    ),
    (
        "ledger_without_recovery",
        {
            "dynamodb:DescribeContinuousBackups": {
                "ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED"}
            }
        },
    ),
    (
        "ledger_without_ttl",
        {
            "dynamodb:DescribeTimeToLive": {
                "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "end"}
            }
        },
    ),
    ("ledger_provisioned", {_TABLE: table(BillingModeSummary={"BillingMode": "PROVISIONED"})}),
    ("ledger_unprotected", {_TABLE: table(DeletionProtectionEnabled=False)}),
    ("ledger_key_unseen", {_TABLE: table(SSEDescription={})}),
    ("alarm_ringing", {_ALARMS: alarms(StateValue="ALARM")}),
    ("alarm_without_data", {_ALARMS: alarms(StateValue="INSUFFICIENT_DATA")}),
    ("alarms_missing", {_ALARMS: {"MetricAlarms": [], "CompositeAlarms": []}}),
    ("alarms_tell_nobody", {_ALARMS: alarms(AlarmActions=[])}),
    ("keys_old", {_DATA: usage(60, key_age=3601)}),
    ("cloudtrail_missing", {"cloudtrail:GetTrailStatus": {"IsLogging": False}}),
    ("cloudtrail_missing", {_SELECTORS: basic_events(IncludeManagementEvents=False)}),
    ("cloudtrail_missing", {_SELECTORS: basic_events(ReadWriteType="ReadOnly")}),
    ("cloudtrail_missing", {_SELECTORS: {}}),
    ("cloudtrail_missing", {_SELECTORS: advanced_events(eventCategory={"Equals": ["Data"]})}),
    (
        "cloudtrail_missing",
        {_SELECTORS: advanced_events(eventCategory=_MANAGEMENT, readOnly={"Equals": ["true"]})},
    ),
    ("quota_near", {_DATA: usage(96 * 60)}),
    ("quota_spent", {_DATA: usage(120 * 60)}),
    ("alarm_misses_quota", {_LIMIT: enforced(300)}),
    ("alarm_misses_quota", {_ALARMS: alarms(near_quota=95)}),
    ("alarm_misses_quota", {_ALARMS: alarms(near_quota=97), _LIMIT: "AccessDeniedException"}),
]


@pytest.fixture
def account() -> ScriptedAws:
    """An account in which nothing is wrong, yet."""
    return healthy_account()


def _codes(account: ScriptedAws, *options: str) -> tuple[int, set[str], list[str]]:
    ran = account.run("doctor", *options)
    found = {finding["code"] for finding in ran.data["findings"]}
    return ran.exit_code, found, ran.data["unknown"]


def test_nothing_is_wrong(account: ScriptedAws) -> None:
    """Where nothing is wrong and everything could be looked at, it ends with 0."""
    assert _codes(account) == (Exit.FINE, set(), [])


@pytest.mark.parametrize(("code", "answers"), CASES, ids=[code for code, _ in CASES])
def test_each_finding(account: ScriptedAws, code: str, answers: dict[str, Answer]) -> None:
    """What is wrong is found, and nothing else is said to be."""
    account.answers |= answers
    exit_code, found, unknown = _codes(account)
    assert (exit_code, found, unknown) == (Exit.FINDING, {code}, [])


@pytest.mark.parametrize(
    "answers",
    [
        {_CLIENT: client(AllowedOAuthFlows=["client_credentials"], AllowedOAuthScopes=["x/y"])},
        {
            _CLIENT: client(WriteAttributes=["email"]),
            _POOL: pool(SchemaAttributes=_schema("locale")),
        },
        {_FUNCTION: _bundled(7), "now": "before"},
        {_FUNCTION: functions(Authorizer={"Timeout": 3})},
        {_FUNCTION: functions(Hook={"Runtime": "python3.14"})},
        {_METHODS: methods(POST={"authorizationType": "AWS_IAM"})},
        {_EXPORT: deployed({"get /orders": "sigv4"})},
        {_EXPORT: deployed({})},
        {_STAGES: stage(accessLogSettings={"format": "$context.authorizer.latency"})},
        {_DATA: usage(95 * 60, key_age=3600)},
        {_LIMIT: enforced(300), _ALARMS: alarms(near_quota=240)},
        {_ALARMS: alarms(near_quota=95), _LIMIT: "AccessDeniedException"},
        {_LOGS: _kept(365, "/operators")},
        {_SELECTORS: basic_events(ReadWriteType="WriteOnly")},
        {_SELECTORS: basic_events(ExcludeManagementEventSources=["kms.amazonaws.com"])},
        {_SELECTORS: advanced_events(eventCategory=_MANAGEMENT, eventSource=_KMS)},
        {_SELECTORS: advanced_events(eventCategory=_MANAGEMENT, readOnly={"Equals": ["false"]})},
        {_SELECTORS: advanced_events(eventCategory=_MANAGEMENT, readOnly={"NotEquals": ["true"]})},
        {"lambda:GetPolicy": policy(f"arn:aws:cognito-idp:{REGION}:123456789012:userpool/*")},
        {"apigateway:GetAuthorizers": _cached(40), _FUNCTION: _told(GATEWAY_TTL_SECONDS="40")},
    ],
)
def test_just_fine(account: ScriptedAws, answers: dict[str, Answer]) -> None:
    """What is just good enough is no finding."""
    if answers.pop("now", None):
        account.now = NOON - 2
    account.answers |= answers
    assert _codes(account) == (Exit.FINE, set(), [])


@pytest.mark.parametrize("refused", ["cloudtrail:GetTrailStatus", _SELECTORS])
def test_a_trail_that_is_not_shown(account: ScriptedAws, refused: str) -> None:
    """Another one that logs is enough."""
    usual = account.answers[refused]

    def answer(params: Mapping[str, Any]) -> Any:
        is_hidden = "organization" in params.get("Name", params.get("TrailName"))
        return "TrailNotFoundException" if is_hidden else usual

    arns = [f"arn:aws:cloudtrail:{REGION}:1:trail/{name}" for name in ("organization", "own")]
    account.answers |= {
        "cloudtrail:DescribeTrails": {"trailList": [{"TrailARN": arn} for arn in arns]},
        refused: answer,
    }
    assert _codes(account) == (Exit.FINE, set(), [])


def test_every_kind_has_a_case() -> None:
    """No finding is untried."""
    elsewhere = {
        "shadow_enforcement",
        "delay_unbounded",
        "tightening_left_on",
        "open_route_gone",
        "runtime_ends_soon",
    }
    assert {code for code, _ in CASES} | elsewhere == {kind.code for kind in KINDS}


def test_without_a_verified_token_no_age_is_known(account: ScriptedAws) -> None:
    """Callers may have come, all of them with forged tokens: it says no more than it knows."""
    account.answers[_DATA] = lambda _: {"MetricDataResults": []}
    checks = account.run("doctor").data["checks"]
    (keys,) = [check for check in checks if check["check"] == "keys"]
    assert keys["state"] == "not applicable"
    assert keys["reason"] == "no token was verified within the last hour"


def test_what_is_not_looked_for(account: ScriptedAws) -> None:
    """Where no API is found, it says that AppSync may still ask."""
    account.answers["apigateway:GetRestApis"] = {"items": []}
    (finding,) = account.run("doctor").data["findings"]
    assert "no REST, HTTP or WebSocket API in this Region" in finding["what"]
    assert "AppSync" in finding["what"]


def test_shadow(account: ScriptedAws) -> None:
    """Enforcement left on shadow is found, and so is that no delay holds then."""
    account.answers[_FUNCTION] = _told(ENFORCEMENT="shadow")
    assert _codes(account)[1] == {"shadow_enforcement", "delay_unbounded"}


def test_a_tightening_is_left_on(account: ScriptedAws) -> None:
    """A verdict TTL that the ledger still shortens is found."""

    def answer(params: Any) -> Any:
        (key,) = params["RequestItems"]["Ledger"]["Keys"]
        row = key | {"verdict_ttl_seconds": {"N": "0"}}
        return {"Responses": {"Ledger": [row]}, "UnprocessedKeys": {}}

    account.answers["dynamodb:BatchGetItem"] = answer
    assert _codes(account)[1] == {"tightening_left_on"}


@pytest.mark.parametrize(("days", "found"), [(1, {"runtime_ends_soon"}), (0, set())])
def test_a_runtime_that_ends_soon(account: ScriptedAws, days: int, found: set[str]) -> None:
    """The last half year of a runtime is found."""
    account.answers[_FUNCTION] = functions(Hook={"Runtime": "python3.11"})
    # 31 December 2026 is 181 days before the end of June.
    account.now = NOON + (41 + days) * 86_400
    assert _codes(account)[1] == found


def test_an_exempt_client_may_rotate(account: ScriptedAws) -> None:
    """A client that the hook leaves alone may rotate its refresh tokens."""

    def exempt(name: str) -> Answer:
        return functions(Hook={"Environment": {"Variables": {"EXEMPT_CLIENT_IDS": name}}})

    account.answers |= {_CLIENT: client(RefreshTokenRotation=_ROTATION), _FUNCTION: exempt(CLIENT)}
    assert _codes(account)[1] == set()
    account.answers[_FUNCTION] = exempt("another1")
    assert _codes(account)[1] == {"rotation_against_hook"}
