"""The alarms, and the one that speaks for several of them."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.live_alias import FAULTS
from infra.observability.condition import Condition
from infra.observability.conditions import conditions
from infra.observability.options import ObservabilityOptions
from infra.observability.watched import Watched

#: The one alarm for all by which callers are not served.
IMPAIRED = "authorizer-impaired"

#: The one on the authorizer's own defects, which also rolls back a shift.
DEFECTS = "authorizer-faults"

#: What to do first about them.
_FIRST_IMPAIRED = (
    "See on the dashboard which of them ring. Begin with authorizer-faults, or else with"
    " sandboxes-throttled or keys-failing; before these with ledger-down, if that rings as well."
)
_FIRST_DEFECTS = (
    "Point the function's alias `live` back at the version before, and ask later why: the log says"
    " internal_fault, INIT_REPORT, Task timed out or Runtime exited."
)

#: Standard deviations above what is usual at this hour of the week.
_BAND_WIDTH = 4

_OPERATORS = cloudwatch.ComparisonOperator

#: A minute without a request, or without a message in a queue, is no fault.
_NO_DATA = cloudwatch.TreatMissingData.NOT_BREACHING


class Alarms(Construct):
    """One alarm for each of :func:`infra.observability.conditions.conditions`.

    Whatever impairs the authorizer is told once, by ``impaired``: an outage of Cognito's trips
    four of them within minutes. The others tell for themselves.

    Attributes:
        impaired: the composite alarm.
        all: every alarm, the composite first.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        watched: Watched,
        options: ObservabilityOptions,
    ) -> None:
        """
        Args:
            watched: the parts that there are.
            options: thresholds, whom to tell, and where the runbook is.
        """
        super().__init__(scope, id)
        self._options = options
        self._deployment = watched.deployment
        defects = watched.sessions.live.faults
        self._adopt(defects)
        parts: list[cloudwatch.AlarmBase] = [defects]
        others: list[cloudwatch.AlarmBase] = []
        for condition in conditions(watched, options):
            alarm = self._alarm(condition)
            (parts if condition.is_impairment else others).append(alarm)
        self.impaired = cloudwatch.CompositeAlarm(
            self,
            "Impaired",
            composite_alarm_name=f"{self._deployment}-{IMPAIRED}",
            alarm_description=self._description(
                "Callers are not served as they should be. The alarms behind this one say how.",
                _FIRST_IMPAIRED,
                IMPAIRED,
            ),
            alarm_rule=cloudwatch.AlarmRule.any_of(
                *(cloudwatch.AlarmRule.from_alarm(a, cloudwatch.AlarmState.ALARM) for a in parts)
            ),
        )
        self.all: tuple[cloudwatch.IAlarm, ...] = (self.impaired, *others, *parts)
        if options.alarm_topic_arn:
            topic = sns.Topic.from_topic_arn(self, "Topic", options.alarm_topic_arn)
            for told in (self.impaired, *others):
                told.add_alarm_action(actions.SnsAction(topic))
                told.add_ok_action(actions.SnsAction(topic))

    def _alarm(self, condition: Condition) -> cloudwatch.AlarmBase:
        name = f"{self._deployment}-{condition.name}"
        construct_id = condition.name.title().replace("-", "")
        description = self._description(condition.why, condition.first, condition.name)
        if condition.threshold is None:
            return cloudwatch.AnomalyDetectionAlarm(
                self,
                construct_id,
                alarm_name=name,
                alarm_description=description,
                metric=condition.metric,
                std_devs=_BAND_WIDTH,
                comparison_operator=_OPERATORS.GREATER_THAN_UPPER_THRESHOLD,
                datapoints_to_alarm=condition.of,
                evaluation_periods=condition.among,
                treat_missing_data=_NO_DATA,
            )
        return cloudwatch.Alarm(
            self,
            construct_id,
            alarm_name=name,
            alarm_description=description,
            metric=condition.metric,
            threshold=condition.threshold,
            comparison_operator=_OPERATORS.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            datapoints_to_alarm=condition.of,
            evaluation_periods=condition.among,
            treat_missing_data=_NO_DATA,
        )

    def _adopt(self, alarm: cloudwatch.IAlarm) -> None:
        """The alarm that the alias has of itself, or would have with a gradual shift."""
        resource = alarm.node.default_child
        assert isinstance(resource, cloudwatch.CfnAlarm)
        resource.alarm_name = f"{self._deployment}-{DEFECTS}"
        resource.alarm_description = self._description(FAULTS, _FIRST_DEFECTS, DEFECTS)

    def _description(self, why: str, first: str, anchor: str) -> str:
        # CloudWatch takes 1024 characters.
        return f"{why} First: {first} Then: {self._options.runbook_url}#{anchor}"
