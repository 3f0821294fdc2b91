"""The declared revocation delay: the sum, its maximum, and what has no sum."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cognito as cognito
from aws_cdk.assertions import Annotations, Match, Template
from hypothesis import given
from hypothesis import strategies as st

from authorizer.choices import Enforcement, OutageRule, UncheckedSessionRule
from environment import SettingsError
from infra.authorizer_options import AuthorizerOptions
from infra.revocation_delay import RevocationDelay
from infra.session_authorizer import SessionAuthorizer

from .conftest import MakeStack, only, refusal

SECONDS = st.integers(min_value=0, max_value=3600)


def hand_out(stack: cdk.Stack, options: AuthorizerOptions, *ttls: int) -> SessionAuthorizer:
    pool = cognito.UserPool(stack, "Pool")
    sessions = SessionAuthorizer(
        stack, "Sessions", user_pool=pool, client_ids=["web"], options=options
    )
    api = apigateway.RestApi(stack, "Api")
    for number, ttl in enumerate(ttls):
        api.root.add_resource(f"r{number}").add_method(
            "GET",
            apigateway.MockIntegration(),
            authorizer=sessions.rest_authorizer(api, f"A{number}", ttl_seconds=ttl),
        )
    return sessions


@given(SECONDS, SECONDS, SECONDS, SECONDS)
def test_the_delay_is_the_sum_and_the_sum_is_held_to_the_maximum(
    gateway: int, verdict: int, grace: int, maximum: int
) -> None:
    """Gateway TTL, verdict TTL and stale grace add up; above the maximum they are refused."""
    delay = RevocationDelay("A", gateway, verdict, grace)
    assert delay.declared == str(gateway + verdict + grace)
    problem = delay.problem(maximum, accept_unbounded=False)
    assert (problem is not None) == (gateway + verdict + grace > maximum)


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
    assert [delay.total_seconds for delay in sessions.delays] == [15, 45, 20]


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
    Template.from_stack(made).has_output("RevocationDelaySeconds", {"Value": "unbounded"})
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
    made = make_stack(gatewayTtlSeconds=30, maxRevocationDelaySeconds=45)
    template = Template.from_stack(made)
    template.has_output("RevocationDelaySeconds", {"Value": "45"})
    template.has_output("StrictRevocationDelaySeconds", {"Value": "15"})
    template.has_output("MaximumRevocationDelaySeconds", {"Value": "45"})
    Annotations.from_stack(made).has_info(
        "*",
        Match.string_like_regexp("refused after at most gateway TTL 30 s .* = 45 s"),
    )
