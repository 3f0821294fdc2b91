"""The file of keys to bundle: what the authorizer reads, and changed only when it must be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from infra.fetch_keys import LEFT_ALONE_SECONDS, FetchError, fetch, main, write_keys
from infra.settings import DeploymentSettings
from jose.key_set import KeySetError, read_bundled_keys
from ledger.rows import cognito_issuers
from local.server import LoopbackServer
from tests.tokens import NOW, key_set

from .test_settings import problems_of, read

POOL = "eu-west-1_AbCdEfGhI"


@pytest.fixture
def key_server() -> Iterator[str]:
    """A server with keys at one address, an empty answer at another, and nothing beside them."""
    answers = {"/jwks.json": json.dumps(key_set("key1")), "/nothing": ""}

    @Request.application
    def answer(request: Request) -> Response:
        found = answers.get(request.path)
        return Response("", status=404) if found is None else Response(found)

    with LoopbackServer(answer) as server:
        yield server.url


def published(url: str) -> Any:
    """What Cognito publishes at either issuer."""
    assert url in {f"{issuer}/.well-known/jwks.json" for issuer in cognito_issuers(POOL)}
    return key_set("key1")


def test_the_authorizer_reads_what_was_fetched(tmp_path: Path) -> None:
    """Both of the pool's issuers are in the file, in the form that synth and Lambda take."""
    file = tmp_path / "keys.json"
    assert write_keys(POOL, file, fetch=published, now=NOW)
    for issuer in cognito_issuers(POOL):
        bundled = read_bundled_keys(file, issuer)
        assert bundled is not None
        assert set(bundled.keys) == {"key1"}
        assert bundled.fetched_at == NOW
    context = {"authorizer": {"bundledJwksFile": str(file)}}
    assert DeploymentSettings.from_context(context).authorizer.bundled_jwks_file == str(file)


@pytest.mark.parametrize(("seconds", "is_changed"), [(-1, True), (0, False)])
def test_the_same_keys_are_not_written_again_on_one_day(
    tmp_path: Path, seconds: int, is_changed: bool
) -> None:
    """The zip changes only if keys did or their age would soon count."""
    file = tmp_path / "keys.json"
    write_keys(POOL, file, fetch=published, now=NOW)
    later = NOW + LEFT_ALONE_SECONDS - 1 - seconds
    assert write_keys(POOL, file, fetch=published, now=later) is is_changed


def test_other_keys_are_written_at_once(tmp_path: Path) -> None:
    """A key that the pool has got is in the file at the next run."""
    file = tmp_path / "keys.json"
    write_keys(POOL, file, fetch=published, now=NOW)

    def rotated(url: str) -> Any:
        return key_set("key2")

    assert write_keys(POOL, file, fetch=rotated, now=NOW)
    bundled = read_bundled_keys(file, cognito_issuers(POOL)[0])
    assert bundled is not None
    assert set(bundled.keys) == {"key2"}


def test_a_broken_file_is_replaced(tmp_path: Path) -> None:
    """What the authorizer could not read is no reason to keep it."""
    file = tmp_path / "keys.json"
    file.write_text("{", encoding="utf-8")
    assert write_keys(POOL, file, fetch=published, now=NOW)


def test_what_is_no_key_set_is_not_written(tmp_path: Path) -> None:
    """Some proxy's answer does not become the keys of a deployment."""
    file = tmp_path / "keys.json"
    with pytest.raises(KeySetError):
        write_keys(POOL, file, fetch=lambda _: {"keys": []}, now=NOW)
    assert not file.exists()


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    """An operator without network reads a sentence, and one without arguments how to give them."""
    with pytest.raises(SystemExit, match="usage"):
        main([])
    file = tmp_path / "keys.json"

    def unreachable(url: str) -> Any:
        raise FetchError("no route")

    with pytest.raises(SystemExit, match=f"the keys of {POOL} could not be fetched: no route"):
        main([POOL, str(file)], unreachable)
    assert not file.exists()


@pytest.mark.parametrize(
    ("path", "what"), [("/missing.json", "status 404"), ("/nothing", "no JSON")]
)
def test_an_answer_without_keys_is_told(key_server: str, path: str, what: str) -> None:
    """What went wrong is named with the address."""
    with pytest.raises(FetchError, match=what):
        fetch(f"{key_server}{path}")


def test_the_document_is_what_the_server_has(key_server: str) -> None:
    """The transport of the authorizer brings it."""
    assert fetch(f"{key_server}/jwks.json") == key_set("key1")


def test_the_command_says_whether_it_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The second run on one day finds nothing to do."""
    file = tmp_path / "keys.json"
    for said in ("written", "is current"):
        main([POOL, str(file)], published)
        assert capsys.readouterr().out == f"{file}: {said}\n"


def test_bundled_keys_must_look_like_it(tmp_path: Path) -> None:
    """The file to bundle is looked at during synth, so that a wrong path fails there."""
    file = tmp_path / "keys.json"
    file.write_text('{"keys": []}')
    assert len(problems_of(bundledJwksFile=str(file))) == 1
    file.write_text('{"fetched_at": 1, "issuers": {}}')
    assert read(bundledJwksFile=str(file)).authorizer.bundled_jwks_file == str(file)
