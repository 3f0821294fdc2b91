"""Each layer's TTL as deployed, the sums, and what was declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.revocation_delay import AuthorizerDelays, RevocationDelay
from ops.delays import delays_behind, verdict_ttl_seconds
from ops.deployment import Parameter
from ops.gateways import NO_API, GuardedApi
from ops.ledger_table import open_ledger
from ops.run import Run

#: The stack's output with the maximum that synth holds every sum to.
MAXIMUM_OUTPUT = "MaximumRevocationDelaySeconds"


@dataclass(frozen=True, slots=True)
class ApiDelays:
    """One API's sums."""

    api: GuardedApi
    delays: AuthorizerDelays


@dataclass(frozen=True, slots=True)
class Layers:
    """All layers of a deployment.

    Attributes:
        tightened_to: what the ledger shortens the verdict TTL of the pool's tokens to; None if it
            does not.
        tightenings: the same of each issuer, the pool first; nothing without a ledger.
        maximum_seconds: the declared maximum; None if the stack does not say.
        findings: what is otherwise than was declared, in sentences.
        unknown: what may be otherwise, and nobody could say.
    """

    verdict_ttl_deployed: int
    verdict_ttl_now: int
    tightened_to: int | None
    tightenings: Mapping[str, int | None]
    memory_ttl: int | None
    stale_grace: int
    known_gateway_ttl: int
    maximum_seconds: int | None
    apis: tuple[ApiDelays, ...]
    findings: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def is_tightened(self) -> bool:
        """Whether anybody's verdicts are."""
        return any(seconds is not None for seconds in self.tightenings.values())

    @property
    def unevenly(self) -> str:
        """How verdicts are tightened, if not all issuers' alike: a change that was made in part."""
        if len(set(self.tightenings.values())) < 2:
            return ""
        told = (
            f"{issuer} {'not at all' if seconds is None else f'to {seconds} s'}"
            for issuer, seconds in self.tightenings.items()
        )
        return f"issuers' verdicts are not tightened alike: {', '.join(told)}"


def read_layers(run: Run) -> Layers:
    """Read every layer back. Raises OpsError."""
    deployment = run.deployment
    settings = deployment.settings
    table = open_ledger(run)
    rows = {} if table is None else table.pool_rows(deployment.issuers)
    tightenings = {issuer: row.verdict_ttl_seconds for issuer, row in rows.items()}
    tightened = tightenings.get(deployment.issuer)
    apis = tuple(
        ApiDelays(api, delays_behind(settings, api.title, api.ttl_seconds, tightened_to=tightened))
        for api in run.gateways
    )
    maximum = _maximum_seconds(run)
    layers = Layers(
        verdict_ttl_deployed=settings.verdict_ttl_seconds,
        verdict_ttl_now=verdict_ttl_seconds(settings, tightened),
        tightened_to=tightened,
        tightenings=tightenings,
        memory_ttl=None if settings.ledger is None else settings.ledger.memory_ttl_seconds,
        stale_grace=settings.stale_grace_seconds,
        known_gateway_ttl=settings.gateway_ttl_seconds,
        maximum_seconds=maximum,
        apis=apis,
        findings=tuple(_findings(run, apis, maximum)),
        unknown=tuple(
            f"{api.title}: API Gateway does not export stage {stage}, whose TTL may be another"
            for api in run.gateways
            for stage in api.unknown_stages
        ),
    )
    if not layers.unevenly:
        return layers
    return replace(layers, findings=(*layers.findings, layers.unevenly))


def delay_data(delay: RevocationDelay) -> dict[str, Any]:
    """One sum for scripts."""
    return {
        "seconds": None if delay.unbounded_by else delay.total_seconds,
        "parts": dict(delay.parts),
        "unbounded_by": list(delay.unbounded_by),
        "condition": delay.condition or None,
    }


def _findings(run: Run, apis: tuple[ApiDelays, ...], maximum: int | None) -> list[str]:
    known = run.deployment.settings.gateway_ttl_seconds
    found = [
        f"{row.api.title}: its gateway caches for {row.api.ttl_seconds} s, and the authorizer knows"
        f" of {known} s: a cached answer may outlive its token"
        for row in apis
        if row.api.ttl_seconds > known
    ]
    for row in apis:
        delay = row.delays.known_to_cognito
        if delay.unbounded_by:
            found.append(delay.sentence())
        elif maximum is not None and delay.total_seconds > maximum:
            found.append(f"{row.api.title}: {delay.sum_text} is above the maximum of {maximum} s")
    if not apis:
        found.append(NO_API)
    return found


def _maximum_seconds(run: Run) -> int | None:
    """The declared maximum, from the stack's outputs; who may not read them goes without."""
    try:
        client = run.aws.client("cloudformation")
        stacks: list[Mapping[str, Any]] = client.describe_stacks(StackName=run.place.stack)[
            "Stacks"
        ]
    except (ClientError, BotoCoreError):
        return None
    outputs = {o["OutputKey"]: o["OutputValue"] for s in stacks for o in s.get("Outputs", [])}
    text = outputs.get(MAXIMUM_OUTPUT, "")
    return int(text) if text.isdigit() else None


def declared_seconds(run: Run) -> str | None:
    """What the deployment exports as its worst case: digits, ``unbounded``, or nothing."""
    return run.deployment.parameters.get(Parameter.REVOCATION_DELAY_SECONDS)
