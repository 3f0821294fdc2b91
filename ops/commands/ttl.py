"""``ttl``: what each layer remembers and for how long."""

from __future__ import annotations

import typer

from infra.revocation_delay import RevocationDelay
from ops.answers import Answer, Exit
from ops.command import DEPLOYMENT_NEEDS, command
from ops.commands.ttl_changes import loosen, tighten, void
from ops.gateways import GATEWAY_NEEDS
from ops.layers import Layers, declared_seconds, delay_data, read_layers
from ops.revocation import MARK_NEEDS
from ops.run import Run
from ops.tables import UncutTable
from ops.users import USER_NEEDS

_LEDGER_READ = ("dynamodb:BatchGetItem",)


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Each layer's TTL: show, tighten, void.")
    marking = (*DEPLOYMENT_NEEDS, *MARK_NEEDS)
    command(
        group,
        "show",
        group="ttl",
        example="ttl show --stack CognitoSessionAuthorizerProd",
        needs=(*DEPLOYMENT_NEEDS, *GATEWAY_NEEDS, *_LEDGER_READ, "cloudformation:DescribeStacks"),
    )(show)
    for name, function, example, needs in (
        (
            "tighten",
            tighten,
            "ttl tighten --verdict-ttl 5 --reason 'incident 42'",
            marking,
        ),
        ("loosen", loosen, "ttl loosen --reason 'incident 42 is over'", marking),
        ("void", void, "ttl void ada --reason 'revoked by her app'", (*marking, *USER_NEEDS)),
    ):
        command(group, name, group="ttl", example=example, needs=needs, is_change=True)(function)
    app.add_typer(group, name="ttl")


def show(run: Run) -> Answer:
    """Show each layer's TTL as deployed, per API, the sums, and the declared maximum.

    Read back from API Gateway, the function behind the alias, and the ledger: what runs, and not
    what was once configured. Where a stage was deployed with another TTL than its API has now, the
    longer counts. Exits with 1 if a sum is above the maximum, or something is unbounded; with 3 if
    a stage's TTL cannot be known.
    """
    layers = read_layers(run)
    exit_code = Exit.UNAVAILABLE if layers.unknown else Exit.FINE
    return Answer(
        data=_data(run, layers),
        view=(_layers_table(layers), _apis_table(layers)),
        exit_code=Exit.FINDING if layers.findings else exit_code,
        warnings=(*layers.findings, *layers.unknown),
    )


def _data(run: Run, layers: Layers) -> dict[str, object]:
    return {
        "stack": run.deployment.stack,
        "region": run.deployment.region,
        "verdict_ttl_seconds": {
            "deployed": layers.verdict_ttl_deployed,
            "tightened_to": layers.tightened_to,
            "now": layers.verdict_ttl_now,
        },
        "memory_ttl_seconds": layers.memory_ttl,
        "stale_grace_seconds": layers.stale_grace,
        "gateway_ttl_seconds_known_to_the_authorizer": layers.known_gateway_ttl,
        "maximum_seconds": layers.maximum_seconds,
        "declared_seconds": declared_seconds(run),
        "apis": [
            {
                "kind": row.api.kind.value,
                "api_id": row.api.api_id,
                "name": row.api.name,
                "authorizer": row.api.authorizer,
                "stages": list(row.api.stages),
                "gateway_ttl_seconds": row.api.ttl_seconds,
                "known_to_cognito": delay_data(row.delays.known_to_cognito),
                "pushed": delay_data(row.delays.pushed) if row.delays.pushed else None,
            }
            for row in layers.apis
        ],
        "findings": list(layers.findings),
    }


def _layers_table(layers: Layers) -> UncutTable:
    table = UncutTable("layer", "seconds", "", title="Layers")
    tightened = "" if layers.tightened_to is None else f"tightened to {layers.tightened_to}"
    memory = "no ledger" if layers.memory_ttl is None else str(layers.memory_ttl)
    table.add_row("rows in one sandbox's memory", memory, "")
    table.add_row("verdicts", str(layers.verdict_ttl_deployed), tightened)
    table.add_row("stale grace", str(layers.stale_grace), "in an outage only")
    maximum = "unknown" if layers.maximum_seconds is None else str(layers.maximum_seconds)
    table.add_row("declared maximum of the sum", maximum, "")
    return table


def _apis_table(layers: Layers) -> UncutTable:
    table = UncutTable(
        "API",
        "authorizer",
        "kind",
        "gateway",
        "what Cognito alone knows",
        "pushed marks",
        title="Refused at the latest after",
    )
    for row in layers.apis:
        table.add_row(
            row.api.name,
            row.api.authorizer,
            row.api.kind.value,
            f"{row.api.ttl_seconds} s",
            _sum_text(row.delays.known_to_cognito),
            _sum_text(row.delays.pushed) if row.delays.pushed else "no ledger",
        )
    return table


def _sum_text(delay: RevocationDelay) -> str:
    return "unbounded" if delay.unbounded_by else f"{delay.total_seconds} s"
