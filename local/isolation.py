"""Keeps the caller's own AWS and Powertools settings out of a process."""

from __future__ import annotations

import os
from collections.abc import MutableMapping


def isolate(environ: MutableMapping[str, str]) -> None:
    """Forget every such setting: profiles, endpoints, credentials, log levels.

    A profile that does not exist would stop the SDK, and a log level would silence the very
    lines that the story reads its reasons from. Metrics are switched off, because the Lambdas
    print them to standard output, which is for people here.
    """
    for name in [name for name in environ if name.startswith(("AWS_", "POWERTOOLS_"))]:
        del environ[name]
    environ["AWS_CONFIG_FILE"] = os.devnull
    environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    environ["AWS_EC2_METADATA_DISABLED"] = "true"
    environ["POWERTOOLS_METRICS_DISABLED"] = "true"
