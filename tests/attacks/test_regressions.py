"""What once slipped through, and must not again."""

from __future__ import annotations

import json

import pytest

from authorizer.errors import Reason
from authorizer.policy import Grants, RouteRules
from authorizer.route_rules import RouteRulesError, read_route_rules
from environment import SettingsError
from jose.compact import UnverifiedToken
from pre_token_hook.hook import SignInRefused
from pre_token_hook.sign_out import SignOutError
from tests.attacks.leaks import leaked
from tests.attacks.refusals import refuse_event
from tests.events import http_v2, rest_request, websocket_connect
from tests.sandbox import Sandbox, new_token, policy_allows
from tests.tokens import ADMIN_SCOPE, CLIENT_ID, MACHINE_CLIENT_ID, NOW, SessionMaker, sign
from tests.unit.pre_token_hook.triggers import USERNAME, Bench, version_1


def test_a_closed_policy_fits_the_limit() -> None:
    """Rules that are accepted compile within the limit for every token, default closed."""
    accepted: RouteRules | None = None
    for count in range(1, 60):
        rules = {f"GET /{n:03d}{'x' * 50}": {"any_scope": [f"s{n % 2}"]} for n in range(count)}
        try:
            accepted = read_route_rules(json.dumps({"default": "closed", "rules": rules}))
        except RouteRulesError:
            break
    assert accepted is not None
    policy = accepted.compile("x" * 98, Grants(frozenset({"s0"}), frozenset()), expires_at=0)
    assert len(json.dumps(policy)) <= 8192


@pytest.mark.parametrize("environ", [{}, {"HTTP_API_RESPONSE": "simple"}])
def test_a_slash_at_the_end_opens_nothing(environ: dict[str, str]) -> None:
    """What a rule closes is closed with a slash at its end, which API Gateway serves alike."""
    rules = '{"rules":{"GET /admin":{"any_group":["admins"]}}}'
    box = Sandbox({"ROUTE_RULES": rules, **environ})
    make = http_v2 if environ else rest_request
    for path in ("/admin", "/admin/"):
        event = make(f"Bearer {new_token()}", path=path)
        assert box.send(event).reason == Reason.ROUTE_NOT_ALLOWED


def test_a_method_wildcard_stands_for_a_method() -> None:
    """``* /hello`` opens /hello, and not a path that merely ends so."""
    rules = read_route_rules('{"default":"closed","rules":{"* /hello":{"any_scope":["read"]}}}')
    grants = Grants(frozenset({"read"}), frozenset())
    policy = rules.compile("stage", grants)
    assert policy_allows(policy, "stage/GET/hello")
    assert not rules.allows("GET/internal/hello", grants)
    assert not policy_allows(policy, "stage/GET/internal/hello")


@pytest.mark.parametrize("before", ["", "\n", "\u00a0", "\x1c", " "])
@pytest.mark.parametrize("after", ["", "\n", "\u2003", "\x85", " "])
def test_white_space_around_a_token_is_another_spelling(before: str, after: str) -> None:
    """In cookie and query a token has one spelling, and white space around it is not part of it."""
    if not before + after:
        return
    text = f"{before}{new_token()}{after}"
    for event, source in (
        (websocket_connect(token=text), "query:token"),
        (http_v2(query={"token": text}), "query:token"),
    ):
        box = Sandbox({"TOKEN_SOURCE": source})
        refuse_event(event, Reason.TOKEN_MALFORMED, sandbox=box)


@pytest.mark.parametrize("space", ["\n", "\r", "\x0b", "\x1c", "\x85", "\u00a0", "\u2028"])
def test_only_spaces_and_tabs_surround_a_field_value(space: str) -> None:
    """Optional white space is SP and HTAB (RFC 9110, 5.6.3), nothing else that Unicode calls so."""
    for value in (f"{space}Bearer {new_token()}", f"Bearer {new_token()}{space}"):
        refuse_event(rest_request(value), Reason.TOKEN_MALFORMED)


@pytest.mark.parametrize("group", ["x admin", "x\tadmin", "x\u2028admin", " "])
def test_a_group_cannot_smuggle_a_group(group: str) -> None:
    """The context separates groups by spaces, so a group that holds one is malformed."""
    seen = Sandbox().call_with(SessionMaker().access(**{"cognito:groups": [group]}))
    assert seen.reason == Reason.CLAIM_MALFORMED


@pytest.mark.parametrize(
    "user", [{"username": "ada"}, {"origin_jti": "o"}, {"cognito:groups": ["admin"]}]
)
def test_a_machines_token_names_no_user(user: dict[str, object]) -> None:
    """A token that is a machine's by its subject and a user's by its claims skips no check."""
    box = Sandbox({"MACHINE_CLIENT_IDS": MACHINE_CLIENT_ID})
    assert box.call_with(SessionMaker().machine(**user)).status == 401


def test_a_user_of_a_client_that_serves_both_is_no_machine() -> None:
    """A user's token whose subject equals a listed machine client is still asked about."""
    box = Sandbox({"MACHINE_CLIENT_IDS": CLIENT_ID})
    seen = box.call_with(SessionMaker(subject=CLIENT_ID).access())
    assert seen.status == 401 or box.cognito.getuser_calls == 1


def test_a_token_bound_to_another_resource_is_refused() -> None:
    """An access token whose ``aud`` names another API is not for this one (RFC 8707, RFC 9068)."""
    seen = Sandbox().call_with(SessionMaker().access(aud="https://another-api.example"))
    assert seen.status == 401


def test_a_grant_within_the_leeway_is_a_grant() -> None:
    """A token granted within the leeway gets a policy that is not already over."""
    box = Sandbox({"GATEWAY_TTL_SECONDS": "300"})
    seen = box.call_with(SessionMaker().access(exp=NOW - 4))
    assert (seen.status, seen.answer is not None) == (200, True)
    assert seen.answer is not None
    (end,) = [s for s in seen.answer["policyDocument"]["Statement"] if "Condition" in s]
    assert end["Condition"]["DateGreaterThan"]["aws:CurrentTime"] >= "2026-11-20T12:00:00Z"


def test_a_cached_simple_answer_does_not_outlive_its_token() -> None:
    """A simple response carries no end, so it may not be cached, or is refused as a setting."""
    environment = {"GATEWAY_TTL_SECONDS": "300", "HTTP_API_RESPONSE": "simple"}
    try:
        box = Sandbox(environment)
    except SettingsError:
        return
    assert "unsafe settings" in [line["message"] for line in box.lines()]


def test_representations_of_unverified_tokens_tell_nothing() -> None:
    """What a log line would print of an unverified token has nothing of it."""
    token = sign(SessionMaker().access(scope=ADMIN_SCOPE))
    parsed = UnverifiedToken.parse(token)
    secrets = [parsed.signing_input.decode(), str(parsed.payload["jti"])]
    assert leaked(secrets, repr(parsed)) == []


def test_a_failure_without_code_refuses_the_sign_in() -> None:
    """A sign-out that failed with an empty code failed all the same."""
    bench = Bench(failure=SignOutError(""))
    with pytest.raises(SignInRefused):
        bench.hook.handle(version_1())
    assert bench.lines()[-1]["outcome"] == "refused"


def test_a_fault_of_ours_refuses_the_sign_in_in_our_words() -> None:
    """An unexpected error is a failure under the stated rule, logged by class, not shown."""
    bench = Bench(failure=RuntimeError(f"about {USERNAME}"))
    with pytest.raises(SignInRefused) as raised:
        bench.hook.handle(version_1())
    assert USERNAME not in str(raised.value)
    assert bench.lines()[-1]["outcome"] == "refused"
    admitting = Bench({"FAILURE_RULE": "admit"}, failure=RuntimeError(USERNAME))
    assert admitting.hook.handle(version_1())
    assert leaked([USERNAME], bench.log.getvalue() + admitting.log.getvalue()) == []
