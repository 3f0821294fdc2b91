"""API Gateway's mock integration, as far as a template of plain substitutions goes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from local.gateway.config import BackendCall
from local.gateway.messages import HttpAnswer

_VARIABLE = re.compile(
    r"\$util\.escapeJavaScript\(\$context\.authorizer\.(?P<escaped>\w+)\)"
    r"|\$context\.authorizer\.(?P<plain>\w+)"
)


@dataclass(frozen=True, slots=True)
class MockIntegration:
    """Answers by itself, with what the authorizer says of the caller."""

    status: int
    headers: Mapping[str, str]
    template: str

    @classmethod
    def of(cls, integration: Mapping[str, Any]) -> Self:
        """As ``GetMethod`` describes it; it must have one response."""
        (response,) = integration["integrationResponses"].values()
        return cls(
            int(response["statusCode"]),
            {
                name.removeprefix("method.response.header."): value[1:-1]
                for name, value in (response.get("responseParameters") or {}).items()
            },
            (response.get("responseTemplates") or {}).get("application/json", ""),
        )

    def __call__(self, call: BackendCall) -> HttpAnswer:
        """Answer one call."""
        body = _VARIABLE.sub(lambda found: _text(found, call.authorizer), self.template)
        headers = {"Content-Type": "application/json", **self.headers}
        return HttpAnswer(self.status, headers, body.encode())


def _text(found: re.Match[str], context: Mapping[str, Any]) -> str:
    if found["escaped"]:
        return json.dumps(str(context.get(found["escaped"], "")))[1:-1].replace("'", "\\'")
    return str(context.get(found["plain"], ""))
