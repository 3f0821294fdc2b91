"""The table of expectations against the catalogue, the SDK's models, and its own promises."""

from __future__ import annotations

from collections import Counter

import botocore.session

from authorizer.errors import ANSWERS, CredentialError, Reason, UnavailableError
from tests.faults.cognito_faults import MODELLED, WORDS
from tests.faults.fault import Component
from tests.faults.ledger_faults import CODES
from tests.faults.table import TABLE

_SESSION = botocore.session.get_session()

#: Refusals that are right although something is wrong: the issuer's word, its keys, and a clock.
_REFUSALS = {
    Component.COGNITO: WORDS,
    Component.KEYS: {Reason.KEY_UNKNOWN, Reason.SIGNATURE_INVALID},
    Component.LEDGER: set(),
    Component.SANDBOX: {Reason.TOKEN_EXPIRED, Reason.TOKEN_NOT_YET_VALID},
}


def test_no_outage_is_a_refusal() -> None:
    """401 is said on somebody's word alone; whatever else goes wrong is a 503, or passed over."""
    for fault in TABLE:
        if fault.answer is not None:
            is_word = fault.answer in _REFUSALS[fault.component]
            kind = CredentialError if is_word else UnavailableError
            assert ANSWERS[fault.answer] is kind, str(fault)
            assert not (is_word and fault.is_outage), str(fault)


def test_every_modelled_error_of_getuser_is_a_row() -> None:
    """What the SDK's model declares for GetUser stands in the table."""
    model = _SESSION.get_service_model("cognito-idp").operation_model("GetUser")
    assert set(MODELLED) == {shape.name for shape in model.error_shapes}


def test_every_modelled_error_of_reading_the_ledger_is_a_row() -> None:
    """What the SDK's model declares for BatchGetItem stands in the table."""
    model = _SESSION.get_service_model("dynamodb").operation_model("BatchGetItem")
    assert {shape.name for shape in model.error_shapes} <= set(CODES)


def test_rows_have_names_of_their_own() -> None:
    """A failing test names its row."""
    assert max(Counter(str(fault) for fault in TABLE).values()) == 1


def test_every_unavailability_is_caused_by_some_fault() -> None:
    """Each reason that means "we could not find out" has a row, but for the flood of key names."""
    unavailable = {reason for reason, kind in ANSWERS.items() if kind is UnavailableError}
    assert {fault.answer for fault in TABLE} >= unavailable - {Reason.KEY_LOOKUP_LIMITED}
