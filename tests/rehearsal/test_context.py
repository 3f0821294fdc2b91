from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra.settings import DeploymentSettings
from local.bench import Bench, Deployment
from local.runtime.context import client_ids_of, context_of, context_of_existing
from local.story import tell
from receivers.transmitters import Kind


class _SeenError(Exception):
    pass


def _deployments() -> list[Deployment]:
    """What the story opens first; its later parts need answers."""
    seen: list[Deployment] = []

    @contextmanager
    def open_bench(deployment: Deployment) -> Iterator[Bench]:
        seen.append(deployment)
        raise _SeenError
        yield

    with pytest.raises(_SeenError):
        list(tell(open_bench))
    return seen


@pytest.mark.parametrize(
    "deployment",
    [
        *_deployments(),
        Deployment(verdict_ttl_seconds=900, memory_ttl_seconds=5, sandboxes=2),
        Deployment(gateway_ttl_seconds=30),
        Deployment(session_limit=2, is_explaining=True),
        Deployment(takes_id_tokens=True),
    ],
)
def test_accepted(deployment: Deployment) -> None:
    """What the story wants is what the app can be told, and takes."""
    settings = DeploymentSettings.from_context(context_of(deployment))
    assert settings.authorizer.verdict_ttl_seconds == deployment.verdict_ttl_seconds
    assert settings.gateway_ttl_seconds == deployment.gateway_ttl_seconds
    assert settings.has_hook == (deployment.session_limit is None)


def test_existing_pool() -> None:
    """An existing pool's deployment is one that the app takes, with the hook and the routes."""
    transmitter = {"issuer": "https://id.example.com", "audiences": ["deployment"]}
    clients = {"laptop": "a1", "phone": "b2"}
    context = context_of_existing("eu-west-1_AbCdEfGhI", clients, [transmitter])
    settings = DeploymentSettings.from_context(context)
    assert settings.sign_out
    assert settings.receiving.kinds == (Kind.BACKCHANNEL_LOGOUT,)
    assert settings.user_pool_client_ids == ("a1", "b2")
    assert settings.has_hook


def test_clients() -> None:
    """Each device's app client is found by its logical id."""
    found = {"UsersPoolphone1A": "p", "UsersPoollaptop2B": "l", "UsersPooltablet3C": "t"}
    assert client_ids_of(found) == {"laptop": "l", "phone": "p", "tablet": "t"}
