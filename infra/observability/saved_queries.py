"""The queries, saved in the account beside the logs that they read."""

from __future__ import annotations

from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.observability.options import ObservabilityOptions
from infra.observability.queries import Log, queries
from infra.observability.watched import Watched


class SavedQueries(Construct):
    """Each of :func:`infra.observability.queries.queries` whose logs there are.

    The console lists them in a folder of the deployment's name. Asking is paid by what is read:
    0.005 USD a GB in us-east-1, so the time should be no longer than need be.
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
            options: from where a decision is slow.
        """
        super().__init__(scope, id)
        operators = watched.operator_log
        there_is: dict[Log, logs.ILogGroup | None] = {
            Log.AUTHORIZER: watched.sessions.log_group,
            Log.ACCESS: watched.access_log,
            Log.OPERATORS: None if operators is None else operators.log_group,
        }
        for query in queries(options):
            groups = [group for log in query.logs if (group := there_is[log]) is not None]
            if len(groups) < len(query.logs):
                continue
            logs.CfnQueryDefinition(
                self,
                query.name.title().replace("-", ""),
                name=f"{watched.deployment}/{query.name}",
                query_string=query.text,
                log_group_names=[group.log_group_name for group in groups],
            )
