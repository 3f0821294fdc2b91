"""What a line says of a finding, and the metrics that it counts for."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from authorizer.errors import Reason
from authorizer.log_line import quoted
from authorizer.revocation.check import Asked, Finding, FoundBy, LedgerUse
from authorizer.revocation.verdict import Outcome

#: Members of a line as JSON, a comma before each; and the names of those that are metrics.
Pieces: TypeAlias = tuple[str, tuple[str, ...]]

NOTHING: Pieces = ("", ())


def finding_pieces(finding: Finding | None) -> Pieces:
    """The pieces of a line; nothing if it never came to a finding."""
    if finding is None:
        return NOTHING
    verdict, found_by, asked, ledger, evicted, is_shared = finding
    text, metrics = _found(verdict.outcome, found_by, ledger)
    if evicted:
        text += f',"evicted":{evicted},"SessionsEvicted":{evicted}'
        metrics += ("SessionsEvicted",)
    if not is_shared:
        text += ',"VerdictNotShared":1'
        metrics += ("VerdictNotShared",)
    if asked is not None:
        more, counted = _asked(asked)
        return text + more, metrics + counted
    return text, metrics


# There are few combinations of these words. Typed, for sources' names are words too, and one of
# them could be that of a rule that lets somebody in.
@lru_cache(maxsize=128, typed=True)
def _found(outcome: Outcome, found_by: str, ledger: LedgerUse) -> Pieces:
    text = f',"session_state":"{outcome}","found_by":{quoted(found_by)}'
    # That nobody could say is no verdict, and a cache that says so spares nobody a question.
    metrics = [] if outcome is Outcome.UNAVAILABLE else [f"VerdictFrom_{found_by}"]
    if found_by is FoundBy.STALE:
        metrics.append("StaleVerdictServed")
    elif found_by is FoundBy.OUTAGE_RULE:
        metrics.append("FailedOpen")
    elif found_by is FoundBy.UNCHECKED_RULE and outcome is Outcome.ACTIVE:
        metrics.append("UncheckedSessionAllowed")
    if ledger is not LedgerUse.OFF:
        text += f',"ledger":"{ledger}"'
        metrics.append(f"Ledger_{ledger}")
    return text + "".join(f",{quoted(name)}:1" for name in metrics), tuple(metrics)


def _asked(asked: Asked) -> Pieces:
    source, verdict, elapsed_ms = asked
    metrics: tuple[str, ...] = (f"Asked_{source}_{verdict.outcome}", "AskedLatency")
    text = (
        f',"asked":{quoted(source)},"asked_ms":{elapsed_ms:.3f},{quoted(metrics[0])}:1'
        f',"AskedLatency":{elapsed_ms:.3f}'
    )
    if verdict.reason is Reason.ISSUER_THROTTLED:
        text += ',"Throttled":1'
        metrics += ("Throttled",)
    return text, metrics
