"""The name under which a deployment's log lines and metrics stand."""

from __future__ import annotations

import re

from environment.reader import EnvironmentReader

#: Set on every function; ``default`` where a function is run without it.
DEPLOYMENT_NAME = "DEPLOYMENT_NAME"
DEFAULT_DEPLOYMENT = "default"

#: A value of a metric's dimension, and part of a dashboard's name.
DEPLOYMENT_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_deployment(read: EnvironmentReader) -> str:
    """The deployment's name. A problem is recorded with ``read``."""
    name = read.text(DEPLOYMENT_NAME, DEFAULT_DEPLOYMENT)
    if DEPLOYMENT_PATTERN.fullmatch(name) is None:
        read.problem(DEPLOYMENT_NAME, "must be 1 to 64 letters, digits, hyphens or underscores")
        return DEFAULT_DEPLOYMENT
    return name
