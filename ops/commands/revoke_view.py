"""What ``revoke`` shows: what was done at each layer, and by when the last 200 can happen."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ops.answers import bound_text, moment_text
from ops.change import Changed, Outcome, Step
from ops.revocation import Plan
from ops.settling import LastGrant
from ops.tables import UncutTable


def failures(changed: Changed) -> list[str]:
    """What was not done, in sentences."""
    return [
        f"{step.layer}: not done: {step.what}: {step.error}; repeat the command"
        for step in changed.steps
        if step.outcome is Outcome.FAILED
    ]


def revocation_data(plan: Plan, changed: Changed, grants: Sequence[LastGrant]) -> dict[str, object]:
    """For scripts."""
    # Beside the sub, and not in the trail: names are people's, and it keeps them for long.
    named = {} if plan.user is None else {"username": plan.user.username or None}
    return {
        "target": plan.target | named,
        "at": moment_text(changed.at),
        "layers": [
            {
                "layer": step.layer,
                "what": step.what,
                "outcome": step.outcome.value,
                "error": step.error or None,
            }
            for step in changed.steps
        ],
        "last_grant": [
            {
                "api": grant.title,
                "kind": grant.kind,
                "at": bound_text(grant.at),
                "seconds": None if grant.at is None else math.ceil(grant.at - changed.at),
                "why": grant.why,
                "condition": grant.condition or None,
            }
            for grant in grants
        ],
    }


def steps_table(steps: Sequence[Step]) -> UncutTable:
    """What was done at each layer."""
    table = UncutTable("layer", "what", "outcome", title="Done")
    for step in steps:
        table.add_row(step.layer, step.what, step.outcome.value)
    return table


def grants_table(grants: Sequence[LastGrant]) -> UncutTable:
    """By when the last 200 can happen, for each API."""
    table = UncutTable("API", "by", "why", title="The last 200 can happen until")
    for grant in grants:
        at = "the token expires" if grant.at is None else bound_text(grant.at) or ""
        why = f"{grant.why}, {grant.condition}" if grant.condition else grant.why
        table.add_row(grant.title, at, why)
    return table
