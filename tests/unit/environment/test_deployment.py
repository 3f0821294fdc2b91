"""The name under which a deployment's log lines and metrics stand."""

from __future__ import annotations

import pytest

from environment import EnvironmentReader, SettingsError
from environment.deployment import read_deployment


@pytest.mark.parametrize("name", ["a", "Prod-eu_1", "x" * 64])
def test_a_name_is_taken(name: str) -> None:
    """Letters, digits, hyphens and underscores, 64 of them at most."""
    read = EnvironmentReader({"DEPLOYMENT_NAME": name})
    assert read_deployment(read) == name
    read.finish()


@pytest.mark.parametrize("name", ["x" * 65, "a b", "a.b", "a/b", "caf\u00e9"])
def test_another_is_a_problem(name: str) -> None:
    """What could not be a dashboard's name, or could be longer than one, is reported."""
    read = EnvironmentReader({"DEPLOYMENT_NAME": name})
    assert read_deployment(read) == "default"
    with pytest.raises(SettingsError, match="DEPLOYMENT_NAME: must be 1 to 64"):
        read.finish()


def test_without_one_there_is_a_default() -> None:
    """A function that is run without a deployment has a dimension all the same."""
    assert read_deployment(EnvironmentReader({})) == "default"
