"""One token from its text to the answer that the API would give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from authorizer.choices import Enforcement
from authorizer.errors import ANSWERS, Reason
from authorizer.provider_wiring import provider_sources, provider_stores
from authorizer.revocation.verdict import SessionSource
from authorizer.settings import Settings
from authorizer.tokens import VerifiedToken
from authorizer.wiring import key_set_url, pool_sources
from jose.keys import KeyStore
from ledger.judgement import Rows
from ledger.rows import ClientRow, LedgerError, PoolRow, SessionRow, UserRow
from ops.answers import OpsError
from ops.explanation.checks import Check, Result, State
from ops.explanation.parameter_secrets import ParameterSecrets
from ops.explanation.route_check import check_route
from ops.explanation.session_checks import (
    SharedVerdict,
    check_marks,
    check_roster,
    check_session,
    names_of,
    shared_verdict,
)
from ops.explanation.token_checks import TokenFindings, check_token
from ops.ledger_table import LedgerTable, open_ledger
from ops.run import Run
from transport import Deadline, Transport, WallClock
from transport.https import HttpsTransport

#: A person waits, perhaps far from the Region.
_CONNECT_MS, _READ_MS, _SECONDS = 3000, 5000, 20

#: Refusals that a deployment in the shadow only counts.
_OF_REVOCATION = (Check.MARKS, Check.ROSTER, Check.SESSION)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was found.

    Attributes:
        results: of every check, in the order of the flow.
        token: if it could be read whole; its session's names are true only if the signature holds,
            which then it does.
        claims: if the signature holds.
        verdict: what the ledger holds of Cognito's word; None if that is not known.
        warnings: what else there is to say.
        is_shadow: whether refusals for revocation are not carried out.
    """

    results: tuple[Result, ...]
    token: VerifiedToken | None
    claims: Mapping[str, Any] | None
    verdict: SharedVerdict | None
    warnings: tuple[str, ...]
    is_shadow: bool

    @property
    def decisive(self) -> Result | None:
        """The first check that fails; None if none does."""
        return next((r for r in self.results if r.state is State.FAILED), None)

    @property
    def is_known(self) -> bool:
        """Whether everything that was needed could be found out."""
        return self.decisive is not None or all(
            result.state is not State.UNAVAILABLE for result in self.results
        )

    @property
    def status(self) -> int | None:
        """What a REST API answers when nothing old is remembered; None if that is not known."""
        for result in self.results:
            is_carried_out = not (self.is_shadow and result.check in _OF_REVOCATION)
            if result.state is State.FAILED and result.reason is not None and is_carried_out:
                return ANSWERS[result.reason].status
        return 200 if self.is_known else None


def explain(run: Run, text: str, route: str | None) -> Explanation:
    """Run every check. Raises OpsError: the deployment cannot be read, or that is no route."""
    settings = run.deployment.settings
    clock = run.aws.now
    run.aws.caller()
    deadline = Deadline.after(_SECONDS, run.world.monotonic)
    transport = HttpsTransport(
        connect_timeout_ms=_CONNECT_MS, read_timeout_ms=_READ_MS, clock=run.world.monotonic
    )
    secrets = ParameterSecrets(run)
    try:
        stores = _key_stores(settings, transport, clock)
        found = check_token(text, settings, stores, clock=clock, deadline=deadline)
        sources = [
            *pool_sources(settings, transport),
            *provider_sources(settings, transport=transport, secret_of=secrets.reader),
        ]
        explained = _live(run, found, sources, route, deadline)
    finally:
        transport.close()
    return replace(explained, warnings=(*explained.warnings, *secrets.failures))


def _key_stores(settings: Settings, transport: Transport, clock: WallClock) -> dict[str, KeyStore]:
    """The issuers' keys as they are published now, not as they were bundled."""
    pools = {
        issuer: KeyStore(
            key_set_url(issuer, settings), settings.keys, transport=transport, clock=clock
        )
        for issuer in settings.issuers
    }
    return pools | provider_stores(settings, transport=transport, clock=clock)


def _live(
    run: Run,
    found: TokenFindings,
    sources: list[SessionSource],
    route: str | None,
    deadline: Deadline,
) -> Explanation:
    settings, token, now = run.deployment.settings, found.token, run.aws.now()
    is_shadow = settings.enforcement is Enforcement.SHADOW
    if token is None:
        rest = [Result(check, State.NOT_CHECKED) for check in (*_OF_REVOCATION, Check.ROUTE)]
        return Explanation((*found.results, *rest), None, found.claims, None, (), is_shadow)
    ledger, verdict = _of_ledger(run, token, deadline, now)
    session = check_session(
        token,
        settings,
        sources,
        clock=run.aws.now,
        monotonic=run.world.monotonic,
        deadline=deadline,
    )
    on_route = Result(Check.ROUTE, State.NOT_CHECKED, detail="name one with --route")
    if route is not None:
        on_route = check_route(settings.route_rules, route, token.grants)
    results = (*found.results, *ledger, session, on_route)
    is_marked = any(result.state is State.FAILED for result in ledger)
    warnings = tuple(_warnings(settings, session, None if is_marked else verdict, now))
    return Explanation(results, token, found.claims, verdict, warnings, is_shadow)


def _of_ledger(
    run: Run, token: VerifiedToken, deadline: Deadline, now: float
) -> tuple[list[Result], SharedVerdict | None]:
    settings, table = run.deployment.settings, open_ledger(run)
    if table is None or settings.ledger is None:
        said = "this deployment has no ledger"
        return [Result(c, State.PASSED, detail=said) for c in (Check.MARKS, Check.ROSTER)], None
    try:
        rows = _rows(table, token, deadline)
    except (OpsError, LedgerError) as error:
        said = str(error)
        return [
            Result(c, State.UNAVAILABLE, Reason.LEDGER_UNAVAILABLE, said)
            for c in (Check.MARKS, Check.ROSTER)
        ], None
    marks = check_marks(rows, token)
    roster = check_roster(rows, token, settings.ledger.limit, now=int(now))
    return [marks, roster], shared_verdict(rows, token, settings, now=now)


def _rows(table: LedgerTable, token: VerifiedToken, deadline: Deadline) -> Rows:
    names = names_of(token, deadline)
    items = table.read([names.pool, names.client, names.user, names.session])
    return Rows(
        PoolRow.read(items[names.pool]),
        ClientRow.read(items[names.client]),
        UserRow.read(items[names.user]),
        SessionRow.read(items[names.session]),
    )


def _warnings(
    settings: Settings, session: Result, verdict: SharedVerdict | None, now: float
) -> list[str]:
    said = []
    if session.state is State.FAILED and verdict is not None and verdict.fresh_until > now:
        left = math.ceil(verdict.fresh_until - now)
        said.append(
            f"a verdict of before is used for {left} s more, and by what sandboxes and gateways"
            " remember for longer: until then the token is let in (ttl void ends the first)"
        )
    if settings.enforcement is Enforcement.SHADOW:
        said.append("enforcement is shadow: what is refused for revocation is let in all the same")
    if settings.unsafe_choices:
        said.append(f"deployed with unsafe choices: {', '.join(settings.unsafe_choices)}")
    return said
