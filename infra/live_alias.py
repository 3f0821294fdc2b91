"""The authorizer as it is published: a version for each content, and an alias in front of them.

APIs invoke the alias, so that what they call changes at one moment, whole, and back again.
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from authorizer.errors import Reason
from authorizer.telemetry import NAMESPACE
from infra.lambda_function import LambdaFunction
from infra.release_options import ReleaseOptions

ALIAS = "live"

#: What a broken version leaves in its log: a decision that it could not make for a defect of its
#: own, a start that failed, a start or a decision that did not end, a sandbox that was killed: for
#: want of memory, say. All but the first are Lambda's own lines.
#: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
_FAULTS = {
    "InternalFault": f'{{ $.reason = "{Reason.INTERNAL_FAULT.value}" }}',
    "StartFailed": '"INIT_REPORT" "Status: error"',
    "StartTimedOut": '"INIT_REPORT" "Status: timeout"',
    "TimedOut": '"Task timed out"',
    "Crashed": '"Runtime exited"',
}

#: What the alarm on them says.
FAULTS = (
    "The authorizer has defects of its own: it could not start, did not end in time, was killed, or"
    " met an error that nobody expected. A shift that is under way is rolled back."
)

#: A canary's share of a quiet API is a request now and then: one fault is enough.
_FAULTS_TO_ROLL_BACK = 1


class LiveAlias(Construct):
    """The newest version of a function under the name ``live``.

    A version is published when code or configuration has changed and not otherwise, and those
    before it stay: the alias can be pointed back at one of them without a deployment.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        built: LambdaFunction,
        options: ReleaseOptions,
    ) -> None:
        """
        Args:
            built: the function with its log group.
            options: whether requests go over gradually, and how many sandboxes wait for them.
        """
        super().__init__(scope, id)
        self.alias = lambda_.Alias(
            self,
            "Alias",
            alias_name=ALIAS,
            version=built.function.current_version,
            provisioned_concurrent_executions=options.provisioned_concurrency or None,
        )
        self._log_group = built.log_group
        self._faults: cloudwatch.Alarm | None = None
        config = options.gradual_shift.config
        self.shift_role: iam.IRole | None = None
        if config is not None:
            shift = codedeploy.LambdaDeploymentGroup(
                self,
                "Shift",
                alias=self.alias,
                deployment_config=config,
                alarms=[self.faults],
            )
            self.shift_role = shift.role

    @property
    def faults(self) -> cloudwatch.Alarm:
        """The alarm on defects of the function's own, made when it is first asked for.

        A gradual shift is rolled back by it, and whoever is on call is told by the same one.
        """
        if self._faults is None:
            self._faults = self._watch_faults(self._log_group)
        return self._faults

    def _watch_faults(self, log_group: logs.LogGroup) -> cloudwatch.Alarm:
        # Not Lambda's Errors: a REST API is answered 401 by a raised error, so every bad token
        # would count, and anybody could roll a release back by sending some. Not the metric
        # Unavailable either: a version that cannot start writes none, and two functions of one
        # deployment share it.
        name = f"{cdk.Names.unique_resource_name(self, max_length=100)}Faults"
        metric = cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            statistic="Sum",
            period=cdk.Duration.minutes(1),
        )
        for fault, pattern in _FAULTS.items():
            logs.MetricFilter(
                self,
                fault,
                log_group=log_group,
                filter_pattern=logs.FilterPattern.literal(pattern),
                metric_namespace=NAMESPACE,
                metric_name=name,
                metric_value="1",
            )
        return cloudwatch.Alarm(
            self,
            "Faults",
            alarm_description=FAULTS,
            metric=metric,
            threshold=_FAULTS_TO_ROLL_BACK,
            evaluation_periods=1,
            comparison_operator=(cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD),
            # A minute without a request is no fault.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
