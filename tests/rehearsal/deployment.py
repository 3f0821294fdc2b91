"""Deploys templates as the CDK command line does: by change sets."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from local.aws.account import LocalAccount
from local.aws.read_back import DeployedStack


class Deployment:
    """A stack of a test's own, and the cloud assembly that it comes of."""

    def __init__(self, account: LocalAccount, folder: Path) -> None:
        self._client = account.clients.of("cloudformation")
        self._clients = account.clients
        self._folder = folder
        self.name = f"Test{uuid.uuid4().hex[:8]}"
        self._exists = False

    def deploy(self, resources: dict[str, Any], **outputs: Any) -> DeployedStack:
        """Bring the stack to these resources."""
        template = {
            "Resources": resources,
            "Outputs": {name: {"Value": value} for name, value in outputs.items()},
        }
        self._write(template)
        self._client.create_change_set(
            StackName=self.name,
            ChangeSetName="cdk-deploy-change-set",
            ChangeSetType="UPDATE" if self._exists else "CREATE",
            TemplateBody=json.dumps(template),
        )
        self._client.execute_change_set(StackName=self.name, ChangeSetName="cdk-deploy-change-set")
        self._client.delete_change_set(StackName=self.name, ChangeSetName="cdk-deploy-change-set")
        self._exists = True
        return DeployedStack(self._clients, self._folder)

    def destroy(self) -> None:
        """Delete the stack."""
        self._client.delete_stack(StackName=self.name)

    def _write(self, template: dict[str, Any]) -> None:
        manifest = {
            "artifacts": {
                self.name: {
                    "type": "aws:cloudformation:stack",
                    "properties": {"templateFile": "template.json"},
                }
            }
        }
        (self._folder / "manifest.json").write_text(json.dumps(manifest))
        (self._folder / "template.json").write_text(json.dumps(template))


def problems(stack: DeployedStack) -> list[str]:
    """Everything that reading back found wrong."""
    return [
        f"{row.logical_id}: {problem}" for row in stack.comparisons() for problem in row.problems
    ]
