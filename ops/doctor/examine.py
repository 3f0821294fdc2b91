"""Makes every check, and sums up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ops.answers import Exit, OpsError, UsageError, defect_text
from ops.aws import answering
from ops.doctor import (
    client_checks,
    function_checks,
    ledger_checks,
    log_checks,
    pool_checks,
    quota_checks,
    route_checks,
    setting_checks,
    stage_checks,
    trigger_checks,
    watch_checks,
)
from ops.doctor.findings import Check, DoesNotApplyError, Finding, Kind, Looked, State
from ops.doctor.site import Site

#: In the order in which a request meets what they look at.
CHECKS: tuple[Check, ...] = (
    *client_checks.CHECKS,
    *trigger_checks.CHECKS,
    *pool_checks.CHECKS,
    *setting_checks.CHECKS,
    *route_checks.CHECKS,
    *stage_checks.CHECKS,
    *function_checks.CHECKS,
    *log_checks.CHECKS,
    *ledger_checks.CHECKS,
    *watch_checks.CHECKS,
    *quota_checks.CHECKS,
)

KINDS: tuple[Kind, ...] = tuple(kind for check in CHECKS for kind in check.kinds)


@dataclass(frozen=True, slots=True)
class Examination:
    """What came of all checks.

    Attributes:
        accepted: codes of findings that are meant to be so.
    """

    looked: tuple[Looked, ...]
    accepted: frozenset[str]

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """What was found and is not meant to be so, the worst first."""
        found = [f for f in self.findings if f.kind.code not in self.accepted]
        return tuple(sorted(found, key=lambda f: f.kind.severity.rank))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that was found, in the order of the checks."""
        return tuple(finding for looked in self.looked for finding in looked.findings)

    @property
    def unknown(self) -> tuple[Looked, ...]:
        """Checks that could not be made, or not to the end."""
        return tuple(looked for looked in self.looked if looked.state is State.UNKNOWN)

    @property
    def exit_code(self) -> Exit:
        """Something is wrong; else something is not known; else fine."""
        if self.wrong:
            return Exit.FINDING
        return Exit.UNAVAILABLE if self.unknown else Exit.FINE


def examine(
    site: Site,
    accepted: Sequence[str] = (),
    *,
    checks: Sequence[Check] = CHECKS,
    looked_at: Callable[[int, str], None] = lambda _number, _title: None,
) -> Examination:
    """Make every check.

    Args:
        site: what to look at.
        accepted: codes of findings that are meant to be so.
        checks: all of them, as a rule.
        looked_at: told of each check before it is made: its number from 0, and its title.

    Raises:
        UsageError: a code that does not exist.
    """
    unknown_codes = sorted(set(accepted) - {kind.code for kind in KINDS})
    if unknown_codes:
        raise UsageError("accept", f"there is no such finding: {', '.join(unknown_codes)}")
    looked = []
    for number, check in enumerate(checks):
        looked_at(number, check.title)
        looked.append(look(check, site))
    return Examination(tuple(looked), frozenset(accepted))


def look(check: Check, site: Site) -> Looked:
    """Make one check. What was found before it broke off is found all the same."""
    findings: list[Finding] = []
    try:
        with answering():
            # One by one: what comes before a failure stays.
            for finding in check.look(site):
                findings.append(finding)  # noqa: PERF402
    except DoesNotApplyError as reason:
        return Looked(check, State.NOT_APPLICABLE, reason=str(reason))
    except OpsError as error:
        return Looked(check, State.UNKNOWN, tuple(findings), str(error))
    except Exception as error:
        # One surprise is one thing that is not known, and not the end of all other checks.
        return Looked(check, State.UNKNOWN, tuple(findings), defect_text(error))
    return Looked(check, State.FOUND if findings else State.FINE, tuple(findings))
