from __future__ import annotations

import io
import json
import stat
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, TextIO, cast

import pytest
from typer.testing import CliRunner

from ops.answers import Exit, UsageError
from ops.program import app
from ops.token_input import STANDARD_INPUT, read_token
from ops.world import World
from tests.ops.bench import OpsBench
from tests.ops.scripted_aws import ScriptedAws


def _client(bench: OpsBench, device: str = "laptop") -> tuple[str, str]:
    return "--client-id", bench.stack.client_ids[device]


def test_whose_a_token_is(bench: OpsBench) -> None:
    """GetUser says whose an access token is, and that it is refused once it is revoked."""
    tokens = bench.sign_in("ada")
    ran = bench.run("getuser", standard_input=tokens.access)
    assert (ran.exit_code, ran.data["username"]) == (Exit.FINE, "ada")
    bench.change("sign-out", "--admin", "ada")
    ran = bench.run("getuser", standard_input=tokens.access)
    assert (ran.exit_code, ran.document["error"]["code"]) == (
        Exit.FINDING,
        "NotAuthorizedException",
    )
    assert "revoked" in ran.document["error"]["message"]


def test_a_name_that_a_terminal_would_obey(tmp_path: Path) -> None:
    """What users call themselves reaches no terminal as a command."""
    file, title = tmp_path / "token", "\x1b]0;x\x07"
    file.touch(mode=0o600)
    file.write_text("token")
    attributes = [{"Name": title, "Value": title}]
    account = ScriptedAws(
        {"cognito-idp:GetUser": {"Username": title, "UserAttributes": attributes}}, now=0
    )
    command = ("getuser", "--token-file", str(file))
    shown = account.run(*command, is_json=False).everything
    assert shown.count("?]0;x?") == 3
    assert "\x1b" not in shown
    assert account.run(*command).data == {"username": title, "attributes": {title: title}}


def _typing(token: str) -> World:
    return World(is_terminal=lambda: True, ask_hidden=lambda _prompt: token)


@pytest.mark.parametrize("limit", [1024, 4096])
def test_a_token_that_the_terminal_cut_off(limit: int) -> None:
    """What ends where terminals end a line is refused, with a way round it; a pipe cuts nothing."""
    for token in ("a" * (limit - 1), "a" * limit):
        with pytest.raises(UsageError, match="--token-file, or by standard input"):
            read_token(_typing(token), STANDARD_INPUT)
        piped = World(standard_input=io.StringIO(token), is_terminal=lambda: False)
        assert read_token(piped, STANDARD_INPUT) == token
    for token in ("a" * (limit - 2), "a" * (limit + 1)):
        assert read_token(_typing(token), STANDARD_INPUT) == token


@pytest.mark.parametrize(
    "standard_input",
    [
        io.TextIOWrapper(io.BytesIO(b"\x7fELF\xff\xfe"), encoding="utf-8"),
        io.TextIOWrapper(io.BytesIO(b"\xff"), encoding="utf-8", errors="surrogateescape"),
        io.StringIO("tök"),
    ],
    ids=["bytes", "escaped", "umlaut"],
)
def test_what_is_no_text(standard_input: io.TextIOBase) -> None:
    """Tokens are ASCII: a wrong file is refused, and is no defect of the program."""
    world = World(standard_input=cast("TextIO", standard_input), is_terminal=lambda: False)
    with pytest.raises(UsageError, match="one token and nothing else"):
        read_token(world, STANDARD_INPUT)


def test_interrupted_at_the_token() -> None:
    """Ctrl-C where a token is asked for: nothing was done, and that is said."""

    def press(_prompt: str) -> str:
        raise KeyboardInterrupt

    world = World(is_terminal=lambda: True, ask_hidden=press)
    ran = CliRunner().invoke(app, ["getuser", "--region", "eu-west-1"], obj=world)
    assert ran.exit_code == Exit.INTERRUPTED
    assert "nothing was done" in ran.stderr


def test_cognito_throttles(bench: OpsBench) -> None:
    """A throttle is no refusal."""
    tokens = bench.sign_in("ada")
    bench.stack.cognito.traffic.throttled.add("GetUser")
    ran = bench.run("getuser", standard_input=tokens.access)
    assert ran.exit_code == Exit.UNAVAILABLE
    assert ran.document["error"]["code"] == "TooManyRequestsException"


def test_new_tokens_go_into_a_private_file(bench: OpsBench, tmp_path: Path) -> None:
    """Refreshed tokens stand in a new file of mode 600, and nowhere else."""
    tokens, out = bench.sign_in("ada"), tmp_path / "tokens.json"
    ran = bench.change("refresh", "--out", str(out), *_client(bench), standard_input=tokens.refresh)
    assert ran.exit_code == Exit.FINE, ran.everything
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    new = json.loads(out.read_text())
    assert ran.data["tokens"] == ["access_token", "id_token"]
    assert new["access_token"] not in ran.everything
    assert bench.call(new["access_token"]) == 200
    assert [line["action"] for line in bench.trail()] == ["refresh", "refresh"]


def test_no_file_is_overwritten(bench: OpsBench, tmp_path: Path) -> None:
    """A file that is there is left as it is, and Cognito is not asked."""
    tokens, out = bench.sign_in("ada"), tmp_path / "tokens.json"
    out.write_text("precious")
    ran = bench.change("refresh", "--out", str(out), *_client(bench), standard_input=tokens.refresh)
    assert ran.exit_code == Exit.USAGE
    assert out.read_text() == "precious"
    assert bench.called["cognito-idp:GetTokensFromRefreshToken"] == 0


def test_tokens_do_not_go_to_standard_output(
    bench: OpsBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands for standard output elsewhere is refused, and is no file's name."""
    monkeypatch.chdir(tmp_path)
    ran = bench.change(
        *("refresh", "--out", "-", *_client(bench)), standard_input=bench.sign_in("ada").refresh
    )
    assert (ran.exit_code, ran.document["error"]["code"]) == (Exit.USAGE, "out")
    assert list(tmp_path.iterdir()) == []
    assert bench.called["cognito-idp:GetTokensFromRefreshToken"] == 0


def test_a_refused_refresh_leaves_no_file(bench: OpsBench, tmp_path: Path) -> None:
    """If Cognito refuses, no empty file is left, and the exit code says that it was a refusal."""
    tokens, out = bench.sign_in("ada"), tmp_path / "tokens.json"
    bench.change("sign-out", "--admin", "ada")
    ran = bench.change("refresh", "--out", str(out), *_client(bench), standard_input=tokens.refresh)
    assert ran.exit_code == Exit.FINDING, ran.everything
    assert not out.exists()


def _refresh(bench: OpsBench, out: Path, *options: str) -> int:
    token = bench.sign_in("ada").refresh
    command = ("refresh", "--out", str(out), *_client(bench), *options)
    return bench.run(*command, standard_input=token).exit_code


def test_a_refresh_that_is_not_begun_leaves_no_file(bench: OpsBench, tmp_path: Path) -> None:
    """Without a reason, without a trail, or cut off before Cognito answers: no empty file."""
    out, why = tmp_path / "tokens.json", ("--reason", "a drill")
    assert _refresh(bench, out) == Exit.USAGE
    assert not out.exists()
    bench.broken.add("logs:CreateLogStream")
    assert _refresh(bench, out, *why) == Exit.UNAVAILABLE
    assert not out.exists()
    bench.broken.clear()
    bench.watch = _interrupting("GetTokensFromRefreshToken")
    assert _refresh(bench, out, *why) == Exit.INTERRUPTED
    assert not out.exists()


def test_tokens_that_have_come_stay(bench: OpsBench, tmp_path: Path) -> None:
    """Cut off after Cognito's answer, the file has the tokens: the old one may be spent."""
    out = tmp_path / "tokens.json"
    bench.watch = _interrupting("PutLogEvents", second=True)
    assert _refresh(bench, out, "--reason", "a drill") == Exit.INTERRUPTED
    assert set(json.loads(out.read_text())) == {"access_token", "id_token"}


def _interrupting(operation: str, *, second: bool = False) -> Callable[..., None]:
    """Somebody who presses Ctrl-C at the first call, or at the second."""
    calls = count(0 if second else 1)

    def press(*, params: Any, model: Any) -> None:
        if model.name == operation and next(calls):
            raise KeyboardInterrupt

    return press


def test_a_refresh_token_is_revoked(bench: OpsBench) -> None:
    """Its session ends at Cognito, and the user's other one does not."""
    laptop, phone = bench.sign_in("ada"), bench.sign_in("ada", "phone")
    ran = bench.change("revoke-token", *_client(bench), standard_input=laptop.refresh)
    assert ran.exit_code == Exit.FINE, ran.everything
    assert bench.run("getuser", standard_input=laptop.access).exit_code == Exit.FINDING
    assert bench.run("getuser", standard_input=phone.access).exit_code == Exit.FINE


def test_an_access_token_cannot_be_revoked(bench: OpsBench) -> None:
    """The wrong kind of token is refused with what would be the right one."""
    tokens = bench.sign_in("ada")
    ran = bench.change("revoke-token", *_client(bench), standard_input=tokens.access)
    assert ran.exit_code == Exit.FINDING
    assert "refresh token" in ran.data["error"]


def test_signed_out_by_the_users_own_token(bench: OpsBench) -> None:
    """With an access token its user is signed out everywhere."""
    laptop, phone = bench.sign_in("ada"), bench.sign_in("ada", "phone")
    ran = bench.change("sign-out", standard_input=laptop.access)
    assert ran.exit_code == Exit.FINE, ran.everything
    assert bench.run("getuser", standard_input=phone.access).exit_code == Exit.FINDING
    assert bench.trail()[0]["target"] == {"user": bench.subject("ada")}


def test_signing_out_is_confirmed(bench: OpsBench) -> None:
    """Without a confirmation nobody is signed out."""
    tokens = bench.sign_in("ada")
    ran = bench.run("sign-out", "--reason", "a drill", standard_input=tokens.access)
    assert ran.exit_code == Exit.NOT_CONFIRMED
    assert bench.run("getuser", standard_input=tokens.access).exit_code == Exit.FINE


def test_which_client(bench: OpsBench) -> None:
    """Where the deployment has several clients, which one has to be said."""
    tokens = bench.sign_in("ada")
    ran = bench.change("revoke-token", standard_input=tokens.refresh)
    assert (ran.exit_code, ran.document["error"]["code"]) == (Exit.USAGE, "client_id")


@pytest.mark.parametrize(("secret", "exit_code"), [("right", Exit.FINE), ("wrong", Exit.FINDING)])
def test_a_client_with_a_secret(
    bench: OpsBench, tmp_path: Path, secret: str, exit_code: Exit
) -> None:
    """The client's secret comes from a file, and does not go out."""
    made = bench.stack.sdk.create_user_pool_client(
        UserPoolId=bench.stack.pool_id, ClientName="backend", GenerateSecret=True
    )["UserPoolClient"]
    tokens = bench.stack.cognito.managed_login(
        made["ClientId"], _made(bench), "aws.cognito.signin.user.admin"
    )
    assert tokens.refresh is not None
    file = tmp_path / "secret"
    file.write_text(made["ClientSecret"] if secret == "right" else "x" * 51)
    file.chmod(0o600)
    bench.secrets.add(made["ClientSecret"])
    ran = bench.change(
        "revoke-token",
        *("--client-id", made["ClientId"], "--client-secret-file", str(file)),
        standard_input=tokens.refresh,
    )
    assert ran.exit_code == exit_code, ran.everything


def _made(bench: OpsBench) -> str:
    bench.sign_in("ada")
    return "ada"


def test_what_somebody_else_words_is_not_repeated(bench: OpsBench) -> None:
    """An error's text that quotes the token is not shown."""
    tokens = bench.sign_in("ada")
    bench.failing["cognito-idp:GetUser"] = ("NotAuthorizedException", f"bad: {tokens.access}")
    ran = bench.run("getuser", standard_input=tokens.access)
    assert ran.exit_code == Exit.FINDING
    bench.failing["cognito-idp:RevokeToken"] = ("UnauthorizedException", f"no {tokens.refresh}")
    ran = bench.change("revoke-token", *_client(bench), standard_input=tokens.refresh)
    assert ran.exit_code == Exit.FINDING
    assert "not shown" in ran.data["error"]
    assert not any(secret[:12] in json.dumps(bench.trail()) for secret in bench.secrets)


def test_a_value_that_the_sdk_does_not_take(bench: OpsBench, tmp_path: Path) -> None:
    """What was never sent is a usage error, and the value is not repeated."""
    tokens, file = bench.sign_in("ada"), tmp_path / "secret"
    file.write_text("tooshortasecret")
    file.chmod(0o600)
    ran = bench.change(
        "revoke-token",
        *(*_client(bench), "--client-secret-file", str(file)),
        standard_input=tokens.refresh,
    )
    assert ran.exit_code == Exit.USAGE
    assert "not sent" in ran.data["error"]
    assert "tooshort" not in ran.everything
