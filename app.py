"""The CDK app: ``cdk synth``, ``cdk deploy``, or ``python app.py`` for the templates alone."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import aws_cdk as cdk

from infra.checks import add_checks
from infra.context_reader import ContextError
from infra.settings import DeploymentSettings
from infra.stack import SessionAuthorizerStack

_CDK_JSON = Path(__file__).resolve().parent / "cdk.json"


def main() -> None:
    """Synthesize. The CDK command line reads ``cdk.json`` by itself; without it, this does."""
    app = cdk.App(context=json.loads(_CDK_JSON.read_text(encoding="utf-8"))["context"])
    try:
        settings = DeploymentSettings.from_context(app.node.get_all_context())
        stack = SessionAuthorizerStack(app, settings)
        add_checks(app, stack)
        assembly = app.synth()
    except (ContextError, RuntimeError) as error:
        # CDK's own refusals are RuntimeErrors behind some forty lines of its inner life.
        sys.exit(str(error))
    if "CDK_CLI_VERSION" not in os.environ:
        # The command line shows what constructs have to say; without it nobody would.
        for message in assembly.get_stack_artifact(stack.artifact_id).messages:
            sys.stderr.write(f"[{message.level.value}] {message.entry.data}\n")


if __name__ == "__main__":
    main()
