"""Dashboard, alarms and log queries of one deployment, as one construct."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from infra.observability.alarms import Alarms
from infra.observability.dashboard import OverviewDashboard
from infra.observability.options import ObservabilityOptions
from infra.observability.saved_queries import SavedQueries
from infra.observability.watched import Watched

#: What an operator should know who has named no topic.
NOBODY_IS_TOLD = "alarmTopicArn is not set: alarms show on the dashboard, and nobody is told"


class Observability(Construct):
    """Lets people see a deployment, and tells them when something is wrong.

    For an authorizer in an app of one's own as well as for this app's stack. Names of alarms,
    dashboard and queries begin with the deployment's, which must be unique in account and Region.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        watched: Watched,
        options: ObservabilityOptions | None = None,
    ) -> None:
        """
        Args:
            watched: the parts that there are.
            options: thresholds, whom to tell, and where the runbook is.

        Raises:
            ValueError: the parts report under different names.
        """
        super().__init__(scope, id)
        watched.check()
        options = options or ObservabilityOptions()
        self.alarms = Alarms(self, "Alarms", watched=watched, options=options)
        self.overview = OverviewDashboard(
            self, "Overview", watched=watched, alarms=self.alarms.all, options=options
        )
        self.queries = SavedQueries(self, "Queries", watched=watched, options=options)
        if not options.alarm_topic_arn:
            cdk.Annotations.of(self).add_info(NOBODY_IS_TOLD)
