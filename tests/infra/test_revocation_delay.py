"""The declared revocation delay: the sum, its maximum, and what has no sum."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Annotations, Match, Template
from hypothesis import given
from hypothesis import strategies as st

from authorizer.choices import (
    Enforcement,
    LedgerOutageRule,
    OutageRule,
    UncheckedSessionRule,
)
from environment import SettingsError
from infra.authorizer_options import AuthorizerOptions
from infra.revocation_delay import known_to_cognito, pushed
from infra.session_authorizer import SessionAuthorizer
from infra.session_ledger import SessionLedger

from .conftest import MakeStack, only, refusal

SECONDS = st.integers(min_value=0, max_value=3600)


def hand_out(
    stack: cdk.Stack, options: AuthorizerOptions, *ttls: int, has_ledger: bool = False
) -> SessionAuthorizer:
    pool = cognito.UserPool(stack, "Pool")
    sessions = SessionAuthorizer(
        stack,
        "Sessions",
        user_pool=pool,
        client_ids=["web"],
        options=options,
        ledger=SessionLedger(stack, "Ledger") if has_ledger else None,
    )
    api = apigateway.RestApi(stack, "Api")
    for number, ttl in enumerate(ttls):
        api.root.add_resource(f"r{number}").add_method(
            "GET",
            apigateway.MockIntegration(),
            authorizer=sessions.rest_authorizer(api, f"A{number}", ttl_seconds=ttl),
        )
    return sessions


@given(SECONDS, st.none() | SECONDS, SECONDS, SECONDS, SECONDS)
def test_the_delay_is_the_sum_and_the_sum_is_held_to_the_maximum(
    gateway: int, memory: int | None, verdict: int, grace: int, maximum: int
) -> None:
    """TTLs of gateway, memory and verdict and the grace add up; above the maximum they fail."""
    delay = known_to_cognito(
        "A",
        gateway_ttl_seconds=gateway,
        memory_ttl_seconds=memory,
        verdict_ttl_seconds=verdict,
        stale_grace_seconds=grace,
    )
    total = gateway + (memory or 0) + verdict + grace
    assert delay.declared == str(total)
    problem = delay.problem(maximum, accept_unbounded=False)
    assert (problem is not None) == (total > maximum)
    assert ("memory TTL" in delay.sentence()) is (memory is not None)


@given(SECONDS, SECONDS, SECONDS, st.sampled_from(LedgerOutageRule))
def test_a_mark_waits_for_gateway_and_memory_alone(
    gateway: int, memory: int, maximum: int, rule: LedgerOutageRule
) -> None:
    """The delay of pushed marks knows no verdict, and has the same maximum."""
    delay = pushed(
        "A", gateway_ttl_seconds=gateway, memory_ttl_seconds=memory, ledger_outage_rule=rule
    )
    assert delay.declared == str(gateway + memory)
    problem = delay.problem(maximum, accept_unbounded=False)
    assert (problem is not None) == (gateway + memory > maximum)
    is_conditional = rule is LedgerOutageRule.GETUSER
    assert delay.sentence().endswith("while the ledger answers") is is_conditional


@pytest.mark.parametrize(("gateway", "is_refused"), [(30, False), (31, True)])
def test_with_a_ledger_the_memory_counts(
    app: cdk.App, stack: cdk.Stack, gateway: int, is_refused: bool
) -> None:
    """What a sandbox remembers comes on top of the verdict's own age, to the second."""
    options = AuthorizerOptions(
        memory_ttl_seconds=10, verdict_ttl_seconds=20, max_revocation_delay_seconds=60
    )
    hand_out(stack, options, gateway, has_ledger=True)
    if not is_refused:
        app.synth()
        return
    said = refusal(app)
    assert "gateway TTL 31 s + memory TTL 10 s + verdict TTL 20 s + stale grace 0 s = 61 s" in said
    assert "mark in the ledger" not in said


@pytest.mark.parametrize(("memory", "is_refused"), [(45, False), (46, True)])
def test_a_pushed_delay_above_the_maximum_is_refused_too(
    app: cdk.App, stack: cdk.Stack, memory: int, is_refused: bool
) -> None:
    """A mark that bites later than the maximum fails synth by a sentence of its own."""
    options = AuthorizerOptions(
        memory_ttl_seconds=memory, verdict_ttl_seconds=0, max_revocation_delay_seconds=60
    )
    hand_out(stack, options, 15, has_ledger=True)
    if not is_refused:
        app.synth()
        return
    assert (
        "a session that a mark in the ledger ends is refused only after gateway TTL 15 s"
        " + memory TTL 46 s = 61 s, which is above maxRevocationDelaySeconds, 60 s"
    ) in refusal(app)


def test_exactly_the_maximum_synthesizes(app: cdk.App, stack: cdk.Stack) -> None:
    """A delay of just the maximum is allowed."""
    options = AuthorizerOptions(
        verdict_ttl_seconds=15,
        outage_rule=OutageRule.STALE,
        stale_grace_seconds=15,
        max_revocation_delay_seconds=60,
    )
    hand_out(stack, options, 30)
    app.synth()


def test_a_second_above_the_maximum_fails_synth_and_shows_the_sum(
    app: cdk.App, stack: cdk.Stack
) -> None:
    """One second more than the maximum fails synth, with a sentence that shows the sum."""
    options = AuthorizerOptions(
        verdict_ttl_seconds=15,
        outage_rule=OutageRule.STALE,
        stale_grace_seconds=15,
        max_revocation_delay_seconds=60,
    )
    hand_out(stack, options, 31)
    assert (
        "Stack/Api/A0: a revoked session is refused only after gateway TTL 31 s + verdict TTL 15 s"
        " + stale grace 15 s = 61 s, which is above maxRevocationDelaySeconds, 60 s"
    ) in refusal(app)


def test_the_largest_ttl_handed_out_counts(app: cdk.App, stack: cdk.Stack) -> None:
    """A strict authorizer beside a lax one makes the lax one no better."""
    hand_out(stack, AuthorizerOptions(), 0, 46, 5)
    said = refusal(app)
    assert "Stack/Api/A1" in said
    assert "Stack/Api/A0" not in said
    assert "Stack/Api/A2" not in said


def test_the_function_is_told_the_largest_ttl(stack: cdk.Stack) -> None:
    """Answers carry their own end as soon as any gateway caches them."""
    sessions = hand_out(stack, AuthorizerOptions(), 0, 30, 5)
    function = only(Template.from_stack(stack), "AWS::Lambda::Function")
    assert function["Environment"]["Variables"]["GATEWAY_TTL_SECONDS"] == "30"
    assert [delays.known_to_cognito.total_seconds for delays in sessions.delays] == [15, 45, 20]
    assert [delays.pushed for delays in sessions.delays] == [None] * 3


@pytest.mark.parametrize("ttl", [3601, -1])
def test_a_ttl_that_the_gateway_would_not_take_is_refused(stack: cdk.Stack, ttl: int) -> None:
    """A TTL out of API Gateway's range is refused when the authorizer is handed out."""
    with pytest.raises(SettingsError, match="GATEWAY_TTL_SECONDS"):
        hand_out(stack, AuthorizerOptions(), ttl)


@pytest.mark.parametrize(
    ("options", "culprit"),
    [
        (AuthorizerOptions(outage_rule=OutageRule.ALLOW), "outageRule=allow"),
        (AuthorizerOptions(enforcement=Enforcement.SHADOW), "enforcement=shadow"),
    ],
)
def test_an_unbounded_delay_is_refused(
    app: cdk.App, stack: cdk.Stack, options: AuthorizerOptions, culprit: str
) -> None:
    """A choice under which no sum holds fails synth unless it is spelled out."""
    hand_out(stack, options, 0)
    said = refusal(app)
    assert culprit in said
    assert "acceptUnboundedRevocationDelay" in said


def test_an_unbounded_delay_is_declared_as_such(make_stack: MakeStack) -> None:
    """Spelled out, it synthesizes, says so in the output, and warns."""
    made = make_stack(outageRule="allow", acceptUnboundedRevocationDelay="true")
    template = Template.from_stack(made)
    template.has_output("RevocationDelaySeconds", {"Value": "unbounded"})
    # A mark counts whether or not Cognito can be asked.
    template.has_output("PushedRevocationDelaySeconds", {"Value": "5"})
    Annotations.from_stack(made).has_warning(
        "/CognitoSessionAuthorizer/Sessions",
        Match.string_like_regexp("outageRule=allow lets every verified token in"),
    )


def test_accepting_no_bound_does_not_lift_the_maximum(app: cdk.App, stack: cdk.Stack) -> None:
    """The sum stays within its maximum even where it is not the worst case."""
    options = AuthorizerOptions(
        outage_rule=OutageRule.ALLOW, accept_unbounded_revocation_delay=True
    )
    hand_out(stack, options, 46)
    assert "= 61 s" in refusal(app)


def test_tokens_that_nobody_judges_are_warned_of(stack: cdk.Stack) -> None:
    """Letting unchecked and machine tokens in shows at synth."""
    options = AuthorizerOptions(
        unchecked_session_rule=UncheckedSessionRule.ALLOW, machine_client_ids=("robot",)
    )
    hand_out(stack, options, 0)
    said = Annotations.from_stack(stack)
    for sentence in ("uncheckedSessionRule=allow", "machineClientIds"):
        said.has_warning("/Stack/Sessions", Match.string_like_regexp(sentence))


def test_the_delays_are_outputs_and_a_message(make_stack: MakeStack) -> None:
    """An operator reads the declared delays at synth, and anyone from the deployed stack."""
    made = make_stack(gatewayTtlSeconds=30, maxRevocationDelaySeconds=50)
    template = Template.from_stack(made)
    template.has_output("RevocationDelaySeconds", {"Value": "50"})
    template.has_output("StrictRevocationDelaySeconds", {"Value": "20"})
    template.has_output("PushedRevocationDelaySeconds", {"Value": "35"})
    template.has_output("StrictPushedRevocationDelaySeconds", {"Value": "5"})
    template.has_output("MaximumRevocationDelaySeconds", {"Value": "50"})
    said = Annotations.from_stack(made)
    for sentence in (
        "a revoked session is refused after at most gateway TTL 30 s .* = 50 s",
        "a mark in the ledger ends is refused after at most gateway TTL 30 s .* = 35 s",
    ):
        said.has_info("*", Match.string_like_regexp(sentence))


def test_shadow_unbounds_both_delays(make_stack: MakeStack) -> None:
    """Where nobody is refused, a mark ends no session either."""
    made = make_stack(enforcement="shadow", acceptUnboundedRevocationDelay=True)
    template = Template.from_stack(made)
    for name in ("RevocationDelaySeconds", "PushedRevocationDelaySeconds"):
        template.has_output(name, {"Value": "unbounded"})
