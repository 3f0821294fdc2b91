"""The feed as a construct: Cognito's CloudTrail events go to a function that writes marks."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.bundling import SESSION_FEED
from infra.function_options import FunctionOptions
from infra.lambda_function import LambdaFunction
from infra.session_ledger import SessionLedger
from infra.single_session_hook import SingleSessionHook
from session_feed.events import EFFECTS

#: Above the 3 s that the feed gives a write, with room for a cold start.
_TIMEOUT_SECONDS = 10

#: A mark that comes later than this is of use for few tokens: they live an hour by default.
_MAX_EVENT_AGE = cdk.Duration.hours(1)

#: How often EventBridge tries to reach the function, and Lambda to run it, within that hour.
_DELIVERIES, _REPETITIONS = 10, 2

#: As long as SQS keeps anything.
_KEPT_FOR = cdk.Duration.days(14)

#: Calls by the SDK or the console, and those to the pool's domain (``/oauth2/revoke``).
#: https://docs.aws.amazon.com/cognito/latest/developerguide/logging-using-cloudtrail.html
DETAIL_TYPES = ("AWS API Call via CloudTrail", "AWS Service Event via CloudTrail")

#: What an operator has to see to.
A_TRAIL_MUST_EXIST = (
    "the revocation feed hears only what CloudTrail hands to EventBridge: a trail that logs"
    " management events must exist in this Region. Delivery is best effort and takes minutes; the"
    " declared delay for what Cognito alone knows does not count on it"
)


class SessionFeed(Construct):
    """Marks in the ledger what somebody did to a user's sessions at Cognito.

    What cannot be delivered or written ends in ``dead_letters``, with what went wrong.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        user_pool: cognito.IUserPool,
        ledger: SessionLedger,
        hook: SingleSessionHook | None = None,
        functions: FunctionOptions | None = None,
    ) -> None:
        """
        Args:
            user_pool: whose events count; those of other pools are dropped.
            ledger: where marks are written.
            hook: of the same pool, if it has one: its own sign-outs are no news to the ledger.
            functions: size and logs of the function, and what becomes of dead letters.
        """
        super().__init__(scope, id)
        functions = functions or FunctionOptions()
        self.dead_letters = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=_KEPT_FOR,
            removal_policy=functions.removal_policy.policy,
        )
        built = LambdaFunction(
            self,
            "Feed",
            description="Marks revoked Cognito sessions in the ledger",
            bundle=SESSION_FEED,
            handler="session_feed.handler.handler",
            environment={
                "USER_POOL_ID": user_pool.user_pool_id,
                "LEDGER_TABLE": ledger.table_name,
                "HOOK_ROLE_ARN": "" if hook is None else hook.role.role_arn,
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            options=functions,
        )
        self.function: lambda_.Function = built.function
        self.log_group = built.log_group
        self.deployment_name = built.deployment_name
        ledger.allow_writing(built.role)
        built.role.add_to_policy(
            iam.PolicyStatement(
                actions=["sqs:SendMessage"], resources=[self.dead_letters.queue_arn]
            )
        )
        self._bound_repetitions(built.role)
        self.rule = self._rule()
        cdk.Annotations.of(self).add_info(A_TRAIL_MUST_EXIST)

    def _rule(self) -> events.Rule:
        return events.Rule(
            self,
            "Rule",
            description="What ends Cognito sessions",
            event_pattern=events.EventPattern(
                source=["aws.cognito-idp"],
                detail_type=list(DETAIL_TYPES),
                detail={"eventName": sorted(EFFECTS)},
            ),
            targets=[
                targets.LambdaFunction(
                    self.function,
                    dead_letter_queue=self.dead_letters,
                    max_event_age=_MAX_EVENT_AGE,
                    retry_attempts=_DELIVERIES,
                )
            ],
        )

    def _bound_repetitions(self, role: iam.Role) -> None:
        # Not ``configure_async_invoke``: its destination would let the role read the queue's
        # attributes, too.
        bounds = lambda_.CfnEventInvokeConfig(
            self,
            "Repetitions",
            function_name=self.function.function_name,
            qualifier="$LATEST",
            maximum_event_age_in_seconds=int(_MAX_EVENT_AGE.to_seconds()),
            maximum_retry_attempts=_REPETITIONS,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(
                    destination=self.dead_letters.queue_arn
                )
            ),
        )
        # Lambda checks at once whether the role may send there.
        bounds.node.add_dependency(role)
