"""The CDK app: ``cdk synth``, ``cdk deploy``, or ``python app.py`` for the templates alone."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from infra.checks import add_checks
from infra.context_reader import ContextError
from infra.settings import DeploymentSettings
from infra.stack import SessionAuthorizerStack

_CDK_JSON = Path(__file__).resolve().parent / "cdk.json"
_CONTEXT_VARIABLE = "CDK_CONTEXT_JSON"


def main() -> None:
    """Synthesize. The CDK command line reads ``cdk.json`` by itself; without it, this does."""
    context = _json_object(_CDK_JSON.name, _CDK_JSON.read_text(encoding="utf-8"))["context"]
    # CDK reads the variable by itself, and would neither name it nor mind a list.
    _json_object(_CONTEXT_VARIABLE, os.environ.get(_CONTEXT_VARIABLE) or "{}")
    try:
        app = cdk.App(context=context)
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


def _json_object(name: str, text: str) -> dict[str, Any]:
    """``text`` as JSON; whoever wrote it is told the name of what holds it, and the place."""
    try:
        value = json.loads(text)
    except ValueError as error:
        sys.exit(f"{name} must hold a JSON object: {error}")
    if not isinstance(value, dict):
        sys.exit(f"{name} must hold a JSON object")
    return value


if __name__ == "__main__":
    main()
