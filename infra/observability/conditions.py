"""What somebody is told of, why, and where it says what to do.

``docs/decisions/0013-what-wakes-somebody.md`` has the reasons for what is here and what is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_

from authorizer.revocation.verdict import Outcome
from infra.near_quota import NEAR_QUOTA_ALARM, NEAR_QUOTA_PERCENT, near
from infra.observability.catalogue import Service, asked
from infra.observability.condition import Condition
from infra.observability.impairments import impairments
from infra.observability.measures import Measures, formula, total
from infra.observability.options import ObservabilityOptions
from infra.observability.watched import Watched

_FIVE_MINUTES = cdk.Duration.minutes(5)
_QUARTER = cdk.Duration.minutes(15)

#: How often Cognito calls a trigger for one sign-in, at most.
#: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
_CALLS_FOR_A_SIGN_IN = 3

#: Calls of the hook within a quarter of an hour that fail: more than one sign-in can make, for
#: one may have met a sandbox that was lost.
_FAILED_HOOK_CALLS = _CALLS_FOR_A_SIGN_IN + 1

#: Sign-outs within five minutes that fail: a few may be strangers', who are rationed.
_FAILED_SIGN_OUTS = 5

#: Refusals within five minutes that are never a jump, however quiet it was before.
_FEW_REFUSALS = 20


def conditions(watched: Watched, options: ObservabilityOptions) -> Iterator[Condition]:
    """What there is to watch of these parts of a deployment."""
    measures = Measures(watched.deployment)
    yield from impairments(watched, measures, options)
    yield Condition(
        name="sessions-unchecked",
        why="Callers are let in on an old verdict, or unchecked, because Cognito cannot be asked."
        " A revoked session may be among them.",
        first="Run `python -m ops doctor`; deploy again if the outage rule is not the one that you"
        " decided on.",
        metric=measures.either(
            ("FailedOpen", "StaleVerdictServed"), label="let in on an old verdict or unchecked"
        ),
    )
    if watched.sessions.has_ledger:
        yield Condition(
            name="ledger-down",
            why="The ledger's table does not answer. Its marks are not seen but where they are"
            " remembered; Cognito is asked about every session.",
            first="Look at the table's ThrottledRequests and SystemErrors, and undo what was"
            " changed of role, key or network.",
            metric=measures.metric("Ledger_down"),
            of=3,
            among=5,
        )
    yield Condition(
        name=NEAR_QUOTA_ALARM,
        why=f"GetUser calls are at {NEAR_QUOTA_PERCENT} % of the account's quota of"
        f" {options.get_user_quota} a second. Beyond it Cognito throttles every caller.",
        first="Run `python -m ops ttl show`, and end a tightening that was left on.",
        metric=getuser_per_second(measures),
        threshold=near(options.get_user_quota),
        of=3,
        among=3,
    )
    yield Condition(
        name="refusals-jump",
        why="Far more requests are refused than at this hour on other days: an attack, a client"
        " that was deployed broken, or a mass sign-out.",
        first="Run the saved query `top-reasons`: which reasons, and of one client or of many?",
        metric=_refusals(measures),
        threshold=None,
        of=2,
        among=3,
    )
    if watched.hook is not None:
        yield Condition(
            name="hook-failing",
            why="Sign-ins fail, or are let in although the user's older sessions could not be"
            " ended.",
            first="Read `failure` in the hook's log lines: TooManyRequestsException means that more"
            " sign in at once than Cognito bears. No line at all: Lambda has no sandbox for"
            " the hook.",
            metric=_failed(
                {Service.HOOK: watched.hook.function},
                "Hook_admitted",
                measures,
                label="calls that went wrong",
                period=_QUARTER,
            ),
            threshold=_FAILED_HOOK_CALLS,
        )
    if watched.feed is not None:
        yield Condition(
            name="feed-dead-letters",
            why="What CloudTrail told of could not be marked in the ledger. Sign-outs bite later,"
            " when Cognito is asked again; sessions from before a change of password live on.",
            first="Read the messages in the queue: of an eventName with Password in it, run"
            " `python -m ops revoke user SUB`.",
            metric=watched.feed.dead_letters.metric_approximate_number_of_messages_visible(
                statistic="Maximum", period=_FIVE_MINUTES
            ),
        )
    yield from _failing_sign_outs(watched, measures)


def _failing_sign_outs(watched: Watched, measures: Measures) -> Iterator[Condition]:
    if watched.sign_out is not None:
        yield Condition(
            name="sign-outs-failing",
            why="People who sign out are told to try again: not all of their session could be"
            " ended, and whoever has their tokens may still call.",
            first="Read `failures` in the function's log lines; for whom it matters now, run"
            " `python -m ops revoke user NAME`.",
            metric=_failed(
                {Service.SIGN_OUT: watched.sign_out.function},
                "SignOut_unavailable",
                measures,
                label="sign-outs that went wrong",
            ),
            threshold=_FAILED_SIGN_OUTS,
            of=2,
            among=3,
        )
    if watched.receivers is not None:
        yield Condition(
            name="pushed-sign-outs-failing",
            why="A provider has pushed sign-outs that could not be carried out. Not every provider"
            " sends them again: until then those sessions live.",
            first="Read `reason`, `sub` and `session` in the receiver's log lines, and run"
            " `python -m ops revoke user SUB --issuer URL`.",
            metric=_failed(
                {Service(kind.value): f for kind, f in watched.receivers.functions.items()},
                "Received_unavailable",
                measures,
                label="pushes that went wrong",
            ),
        )


def getuser_per_second(measures: Measures, color: str | None = None) -> cloudwatch.IMetric:
    """How often this deployment asks, whatever it is answered."""
    names = [asked("getuser", outcome) for outcome in Outcome]
    return measures.per_second(names, label="this deployment", color=color)


def _refusals(measures: Measures) -> cloudwatch.IMetric:
    refused = measures.metric("Refused", period=_FIVE_MINUTES)
    return formula(
        f"IF(refused > {_FEW_REFUSALS}, refused, {_FEW_REFUSALS})",
        {"refused": refused},
        label="refused, if many",
        period=_FIVE_MINUTES,
    )


def _failed(
    functions: Mapping[Service, lambda_.IFunction],
    metric: str,
    measures: Measures,
    *,
    label: str,
    period: cdk.Duration = _FIVE_MINUTES,
) -> cloudwatch.IMetric:
    """What functions count as failed themselves, and what they did not come to count.

    A call that Lambda throttles is none of the function's: it is not among its errors.
    """
    metrics: dict[str, cloudwatch.IMetric] = {}
    for service, function in functions.items():
        metrics[f"{service}_errors"] = function.metric_errors(statistic="Sum", period=period)
        metrics[f"{service}_throttles"] = function.metric_throttles(statistic="Sum", period=period)
        metrics[f"{service}_counted"] = measures.metric(metric, service=service, period=period)
    return formula(total(metrics), metrics, label=label, period=period)
