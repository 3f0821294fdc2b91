"""What lets people see a deployment: dashboard, alarms, log queries.

.. code-block:: python

    Observability(
        self,
        "Observability",
        watched=Watched(sessions=sessions, hook=hook),
        options=ObservabilityOptions(alarm_topic_arn=topic.topic_arn),
    )

- :mod:`infra.observability.catalogue` has the Lambdas' metrics, and
  :mod:`infra.observability.measures` makes CDK's of them, of one deployment;
- :mod:`infra.observability.conditions` says what somebody is told of,
  :mod:`infra.observability.impairments` what of it is told in one message, and
  :mod:`infra.observability.alarms` tells them;
- :mod:`infra.observability.traffic_graphs` and :mod:`infra.observability.health_graphs` draw,
  :mod:`infra.observability.widgets` puts it into rows, and :mod:`infra.observability.dashboard`
  onto one dashboard; ``python -m local.dashboard`` shows it without an account;
- :mod:`infra.observability.queries` asks the logs.

``docs/decisions/0013-what-wakes-somebody.md`` has the reasons, and what it costs.
"""

from infra.observability.construct import Observability
from infra.observability.options import ObservabilityOptions
from infra.observability.watched import Watched

__all__ = ["Observability", "ObservabilityOptions", "Watched"]
