"""Names of ledger rows are worked out once, and never for one another's claims."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from authorizer.revocation.question import Question
from ledger.names import Names
from ledger.rows import cognito_issuer
from tests.tokens import ISSUER, ISSUER_NEW_FORM
from tests.unit.ledger.bench import token
from transport import Deadline

_PART = st.sampled_from(["a", "b", "a#b", "#", "%23", "session", "A"])
_DEADLINE = Deadline(at=1.0, clock=lambda: 0.0)


@given(st.lists(st.tuples(st.sampled_from([ISSUER, ISSUER_NEW_FORM]), _PART, _PART, _PART)))
def test_each_token_has_the_names_of_its_own_claims(
    claims: list[tuple[str, str, str, str]],
) -> None:
    """Whoever was asked about before, a question names the rows of its own token's claims."""
    for issuer, client_id, subject, session_id in claims * 2:
        about = token("any")._replace(
            issuer=issuer, client_id=client_id, subject=subject, session_id=session_id
        )
        found = Question.about(about, _DEADLINE).names
        pool = cognito_issuer(issuer.rpartition("/")[2])
        due = Names(pool, client_id, subject, session_id)
        rows = (due.pool, due.client, due.user, due.session)
        assert (found.pool, found.client, found.user, found.session) == rows
