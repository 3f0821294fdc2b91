"""``getuser``, ``refresh``, ``revoke-token``, ``sign-out``: Cognito's plain calls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from ops.answers import Answer, UsageError, printable
from ops.change import Action, Outcome, Step, carry_out
from ops.command import DEPLOYMENT_NEEDS, command
from ops.commands.explain import TokenFile
from ops.pool_calls import (
    AppClient,
    asking,
    get_user,
    new_private_file,
    refresh,
    revoke_token,
    sign_out,
    write_tokens,
)
from ops.revocation import COGNITO, admin_global_sign_out
from ops.run import Run
from ops.tables import UncutTable
from ops.token_input import STANDARD_INPUT
from ops.users import USER_NEEDS, find_user

ClientId = Annotated[
    str | None, typer.Option(help="The token's app client; the deployment's, if it has only one.")
]
SecretFile = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Where the app client's secret is, if it has one."),
]

_COOKIE = (
    "Cognito's managed-login cookie is not cleared: send the browser to /logout, or for up to an"
    " hour it gets new tokens without a password"
)
_CACHES = (
    "what gateways, sandboxes and the ledger remember of these tokens is used for the declared"
    " delay; `revoke user` ends that sooner"
)
#: In examples.
_OF_A_CLIENT = "--client-id 1h57kf5cpq17m0eml12EXAMPLE"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "getuser", example="getuser < access-token.txt", needs=())(getuser)
    command(
        app,
        "refresh",
        example=f"refresh {_OF_A_CLIENT} --out tokens.json --reason 'a drill' < refresh-token.txt",
        needs=DEPLOYMENT_NEEDS,
        is_change=True,
    )(refresh_tokens)
    command(
        app,
        "revoke-token",
        example=f"revoke-token {_OF_A_CLIENT} --yes --reason 'it leaked' < refresh-token.txt",
        needs=DEPLOYMENT_NEEDS,
        is_change=True,
    )(revoke_refresh_token)
    command(
        app,
        "sign-out",
        example="sign-out --admin ada --reason 'asked for it'",
        needs=(*DEPLOYMENT_NEEDS, *USER_NEEDS, "cognito-idp:AdminUserGlobalSignOut"),
        is_change=True,
    )(sign_user_out)


def getuser(run: Run, *, token_file: TokenFile = STANDARD_INPUT) -> Answer:
    """Ask Cognito whose an access token is: the call that refuses a revoked one.

    It takes tokens with the scope `aws.cognito.signin.user.admin`, of any pool in the Region, and
    says nothing of whether this deployment lets them in: `explain` does. Exits with 1 if the token
    is refused.
    """
    user = get_user(run.aws, run.read_token(token_file, "access token"))
    table = UncutTable("attribute", "value", title=printable(user.username))
    for name, value in user.attributes.items():
        table.add_row(printable(name), printable(value))
    data = {"username": user.username, "attributes": dict(user.attributes)}
    return Answer(data=data, view=[table])


def refresh_tokens(
    run: Run,
    *,
    token_file: TokenFile = STANDARD_INPUT,
    client_id: ClientId = None,
    client_secret_file: SecretFile = None,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="A new file for the new tokens; mode 600.")
    ],
) -> Answer:
    """Get new tokens for a refresh token, into a new file and nowhere else.

    With refresh-token rotation the old token ends, and the new one is in the file. With rotation
    and the hook, Cognito documents the refresh to arrive as a sign-in, which signs the user out
    everywhere else.
    """
    if str(out) == STANDARD_INPUT:
        raise UsageError("out", "tokens never go to standard output: name a new file")
    token = run.read_token(token_file, "refresh token")
    client = _client(run, client_id, client_secret_file)
    written: list[str] = []
    with new_private_file(out) as file:

        def fetch() -> None:
            with asking():
                result = refresh(run.aws, token, client)
            run.secrets += [v for k, v in result.items() if k.endswith("Token")]
            written.extend(write_tokens(file, result))

        changed = carry_out(
            run,
            "refresh",
            {"client": client.client_id},
            [Action(COGNITO, "GetTokensFromRefreshToken", fetch)],
            question=None,
        )
    data = {"client": client.client_id, "file": str(out), "tokens": written}
    return _answer(changed.steps, data, changed.warnings, f"{', '.join(written)} in {out}")


def revoke_refresh_token(
    run: Run,
    *,
    token_file: TokenFile = STANDARD_INPUT,
    client_id: ClientId = None,
    client_secret_file: SecretFile = None,
) -> Answer:
    """Revoke a refresh token, and with it every access token that was made from it.

    One session ends at Cognito. An unknown token gets the same answer as a known one.
    """
    token = run.read_token(token_file, "refresh token")
    client = _client(run, client_id, client_secret_file)

    def revoke() -> None:
        with asking():
            revoke_token(run.aws, token, client)

    changed = carry_out(
        run,
        "revoke-token",
        {"client": client.client_id},
        [Action(COGNITO, "RevokeToken", revoke)],
        question="This ends the session of that refresh token.",
    )
    data = {"client": client.client_id}
    return _answer(changed.steps, data, (*changed.warnings, _COOKIE, _CACHES), "revoked")


def sign_user_out(
    run: Run,
    *,
    token_file: TokenFile = STANDARD_INPUT,
    admin: Annotated[
        str | None, typer.Option(metavar="USER", help="Sign out this user, by IAM and no token.")
    ] = None,
) -> Answer:
    """Sign a user out at Cognito: with the user's own access token, or --admin USER.

    Nothing but Cognito is told. `revoke user` marks the ledger and flushes the gateways, too.
    """
    found: list[str] = []
    if admin is not None:
        user = find_user(run, admin)
        action = Action(
            COGNITO, "AdminUserGlobalSignOut", lambda: admin_global_sign_out(run, user.username)
        )
        target, name, title = {"user": user.subject}, user.username, user.title
        found = user.found_lines
    else:
        token = run.read_token(token_file, "access token")
        owner = get_user(run.aws, token)

        def out() -> None:
            with asking():
                sign_out(run.aws, token)

        action = Action(COGNITO, "GlobalSignOut", out)
        target, name = {"user": owner.attributes.get("sub", "")}, owner.username
        title = printable(name)
    changed = carry_out(
        run, "sign-out", target, [action], question=f"This signs {title} out everywhere."
    )
    data: dict[str, Any] = target | {"username": name}
    warnings = (*changed.warnings, _COOKIE, _CACHES)
    return _answer(changed.steps, data, warnings, "signed out", found)


def _client(run: Run, client_id: str | None, secret_file: str | None) -> AppClient:
    if client_id is None:
        known = tuple(sorted(run.deployment.settings.client_ids))
        if len(known) != 1:
            raise UsageError("client_id", "say which app client: the deployment has several")
        client_id = known[0]
    if secret_file is None:
        return AppClient(client_id)
    if secret_file == STANDARD_INPUT:
        raise UsageError("client_secret", "the secret comes from a file, the token may come before")
    return AppClient(client_id, run.read_token(secret_file, "secret"))


def _answer(
    steps: tuple[Step, ...],
    data: dict[str, Any],
    warnings: tuple[str, ...],
    done: str,
    found: Sequence[str] = (),
) -> Answer:
    (step,) = steps
    data |= {"outcome": step.outcome.value, "error": step.error or None}
    if step.outcome is Outcome.DONE:
        return Answer(data=data, view=[*found, f"{step.what}: {done}"], warnings=warnings)
    return Answer(
        data=data,
        view=[*found, f"{step.what}: {step.error}"],
        exit_code=step.exit_code,
    )
