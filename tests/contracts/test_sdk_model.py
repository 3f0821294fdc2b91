"""Our tables of errors against the SDK's own models of the operations."""

from __future__ import annotations

import botocore.session
import pytest

from authorizer.revocation.getuser import VERDICTS
from ledger.dynamodb import _MEMBERS_OF_A_WRITE, KNOWN_CODES

MODEL = botocore.session.get_session().get_service_model("cognito-idp")


@pytest.mark.parametrize(
    "code", [shape.name for shape in MODEL.operation_model("GetUser").error_shapes]
)
def test_every_modelled_error_has_its_entry(code: str) -> None:
    """No error that AWS declares for GetUser is left to chance."""
    assert code in VERDICTS


def test_getuser_is_still_unsigned() -> None:
    """The operation needs no signature, which is why no SDK is needed to call it."""
    assert MODEL.operation_model("GetUser").auth_type == "none"


@pytest.mark.parametrize("operation", ["BatchGetItem", "UpdateItem"])
def test_every_error_of_the_ledgers_is_told_by_its_name(operation: str) -> None:
    """What AWS declares for the two operations stands in logs as it is."""
    model = botocore.session.get_session().get_service_model("dynamodb")
    shapes = model.operation_model(operation).error_shapes
    assert {shape.name for shape in shapes} <= KNOWN_CODES


def test_a_write_is_answered_nothing_else() -> None:
    """An answer to UpdateItem has no member that we would take for a stranger's."""
    model = botocore.session.get_session().get_service_model("dynamodb")
    shape = model.operation_model("UpdateItem").output_shape
    assert shape is not None
    assert set(shape.members) == _MEMBERS_OF_A_WRITE
