"""What the program knows of a stack, held against what CDK makes."""

from __future__ import annotations

import inspect

import hypothesis.strategies as st
from hypothesis import given

from authorizer.choices import Enforcement, LedgerOutageRule, OutageRule
from infra.authorizer_options import AuthorizerOptions
from infra.exports import Export, parameter_name
from infra.settings import DeploymentSettings
from infra.stack import SessionAuthorizerStack
from ops.commands.ttl_changes import permanent_context
from ops.delays import delays_behind
from ops.deployment import DEFAULT_STACK, PARAMETER_PREFIX, Parameter
from ops.layers import MAXIMUM_OUTPUT


def test_parameters_are_those_that_are_exported() -> None:
    """What is read by name is what the stack exports under that name."""
    exported = {export.value for export in Export}
    assert {p.value for p in Parameter} - {"operator-log-group"} <= exported
    prefix = PARAMETER_PREFIX.format(stack="AStack")
    assert parameter_name("AStack", Export.FUNCTION_ARN) == prefix + Parameter.FUNCTION_ARN


def test_the_output_with_the_maximum() -> None:
    """The stack has an output of the name under which the maximum is looked for."""
    assert f'"{MAXIMUM_OUTPUT}"' in inspect.getsource(SessionAuthorizerStack)


def test_the_default_stack() -> None:
    """Without --stack the program looks for what is deployed without settings."""
    assert DeploymentSettings.from_context({}).stack_name == DEFAULT_STACK


_SECONDS = st.integers(0, 3600)


@given(
    gateway=_SECONDS,
    verdict=_SECONDS,
    memory=_SECONDS,
    grace=st.integers(1, 3600),
    outage=st.sampled_from(OutageRule),
    enforcement=st.sampled_from(Enforcement),
    ledger_outage=st.sampled_from(LedgerOutageRule),
    has_ledger=st.booleans(),
)
def test_the_sums_are_those_of_synth(
    *,
    gateway: int,
    verdict: int,
    memory: int,
    grace: int,
    outage: OutageRule,
    enforcement: Enforcement,
    ledger_outage: LedgerOutageRule,
    has_ledger: bool,
) -> None:
    """What is added up from the deployed settings is what synth adds up from the options."""
    options = AuthorizerOptions(
        verdict_ttl_seconds=verdict,
        memory_ttl_seconds=memory,
        stale_grace_seconds=grace if outage is OutageRule.STALE else 0,
        outage_rule=outage,
        enforcement=enforcement,
        ledger_outage_rule=ledger_outage,
    )
    deployed = options.check(
        client_ids=["client1web"], gateway_ttl_seconds=gateway, has_ledger=has_ledger
    )
    declared = options.revocation_delays("orders", gateway, has_ledger=has_ledger)
    assert delays_behind(deployed, "orders", gateway) == declared


@given(verdict=_SECONDS, tightened=_SECONDS)
def test_a_tightening_only_shortens(verdict: int, tightened: int) -> None:
    """With a tightening the sum is never longer than without."""
    settings = AuthorizerOptions(verdict_ttl_seconds=verdict, memory_ttl_seconds=0).check(
        client_ids=["client1web"], has_ledger=True
    )
    tight = delays_behind(settings, "orders", 0, tightened_to=tightened).known_to_cognito
    assert tight.total_seconds == min(verdict, tightened)


def test_the_context_that_is_printed() -> None:
    """What is to be written into cdk.json is a setting of the deployment's."""
    settings = DeploymentSettings.from_context(permanent_context(7))
    assert settings.authorizer.verdict_ttl_seconds == 7
