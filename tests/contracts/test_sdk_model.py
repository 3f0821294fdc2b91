"""Our table of GetUser's errors against the SDK's own model of the operation."""

from __future__ import annotations

import botocore.session
import pytest

from authorizer.revocation.getuser import VERDICTS

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
