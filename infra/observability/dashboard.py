"""The dashboard: five rows that answer, from the top, what one asks first.

Is it up, who is refused, and is the quota near? Then where verdicts come from and what they take;
what is less strict than it should be; and whether hook and feed do their work.
"""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.late_text import at_synth
from infra.observability.options import ObservabilityOptions
from infra.observability.watched import Watched
from infra.observability.widgets import rows

#: CloudWatch's grid.
GRID_COLUMNS = 24

_HEADER_HEIGHT, _ROW_HEIGHT = 4, 6
_TEXT_COLUMNS = 9
_SHOWN = cdk.Duration.hours(3)


class OverviewDashboard(Construct):
    """One dashboard, named after the deployment.

    Attributes:
        dashboard: CDK's own.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  # CDK's own name for it
        *,
        watched: Watched,
        alarms: Sequence[cloudwatch.IAlarm],
        options: ObservabilityOptions,
    ) -> None:
        """
        Args:
            watched: the parts that there are; what there is not has no widget.
            alarms: in the order of their weight.
            options: quota, thresholds, and where the runbook is.
        """
        super().__init__(scope, id)
        self._watched = watched
        self._options = options
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=watched.deployment,
            default_interval=_SHOWN,
            # Counts are by the minute, and some are divided by its seconds.
            period_override=cloudwatch.PeriodOverride.INHERIT,
        )
        self.dashboard.add_widgets(self._text(), self._alarms(alarms))
        for row in rows(watched, options):
            width = GRID_COLUMNS // len(row)
            self.dashboard.add_widgets(
                *(graph.build(width=width, height=_ROW_HEIGHT) for graph in row)
            )

    @property
    def url(self) -> str:
        """Where a person looks at it."""
        region = cdk.Stack.of(self).region
        return (
            f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
            f"#dashboards/dashboard/{self._watched.deployment}"
        )

    def _text(self) -> cloudwatch.IWidget:
        folder = self._watched.deployment
        markdown = at_synth(
            lambda: "\n".join(
                (
                    f"## {folder}: sessions",
                    "| refused at the latest after | what Cognito knows | what is marked |",
                    "|---|---|---|",
                    *self._delays(),
                    "",
                    f"Runbook: {self._link()}. Queries: Logs Insights, folder `{folder}`.",
                )
            )
        )
        return cloudwatch.TextWidget(markdown=markdown, width=_TEXT_COLUMNS, height=_HEADER_HEIGHT)

    def _delays(self) -> list[str]:
        rows = []
        for delays in sorted(
            self._watched.sessions.delays, key=lambda delays: -delays.gateway_ttl_seconds
        ):
            cognito, pushed = delays.known_to_cognito, delays.pushed
            marked = "no ledger" if pushed is None else _seconds(pushed.declared)
            name = cognito.authorizer.rpartition("/")[2]
            rows.append(f"| {name} | **{_seconds(cognito.declared)}** | {marked} |")
        return rows

    def _link(self) -> str:
        url = self._options.runbook_url
        return f"[{url.rpartition('/')[2]}]({url})" if "://" in url else f"`{url}`"

    def _alarms(self, alarms: Sequence[cloudwatch.IAlarm]) -> cloudwatch.IWidget:
        return cloudwatch.AlarmStatusWidget(
            title="Is anything wrong?",
            alarms=list(alarms),
            width=GRID_COLUMNS - _TEXT_COLUMNS,
            height=_HEADER_HEIGHT,
        )


def _seconds(declared: str) -> str:
    return f"{declared} s" if declared.isdigit() else declared
