"""``make local``: the local stack on real time, until Ctrl-C, with ready-made ``curl`` lines."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence

from rich.console import Console

from local.isolation import isolate
from local.stack import PASSWORD, LocalStack, StackSettings

_USER = "ada"
_HEADERS = "-H 'Content-Type: application/x-amz-json-1.1'"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; the exit code."""
    chosen = _parser().parse_args(arguments)
    isolate(os.environ)
    settings = StackSettings(
        ledger=not chosen.no_ledger,
        verdict_ttl_seconds=chosen.verdict_ttl,
        memory_ttl_seconds=chosen.memory_ttl,
        gateway_ttl_seconds=chosen.gateway_ttl,
        gateway_port=chosen.port,
        cognito_port=chosen.cognito_port,
    )
    console = Console(highlight=False, markup=False, soft_wrap=True)
    with LocalStack(time.time, settings) as stack:
        stack.create_user(_USER)
        console.print(instructions(stack))
        try:
            signal.pause()
        except KeyboardInterrupt:
            console.print("\nStopped.")
    return 0


def instructions(stack: LocalStack) -> str:
    """What to type into another terminal."""
    client_id = stack.client_ids["laptop"]
    sign_in = {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": client_id,
        "AuthParameters": {"USERNAME": _USER, "PASSWORD": PASSWORD},
    }
    read = (
        'python3 -c \'import json,sys; print(json.load(sys.stdin)["AuthenticationResult"]["{}"])\''
    )
    revoke = f'{{"ClientId":"{client_id}","Token":"\'"$REFRESH"\'"}}'
    call = f'curl -i -H "Authorization: Bearer $ACCESS" {stack.url}/hello'
    table = "none" if stack.table is None else f"{stack.cognito.url}  table {stack.table.name}"
    return f"""API Gateway  {stack.url}
Cognito      {stack.cognito.url}  pool {stack.pool_id}  client {client_id}
Ledger       {table}

# Sign in (a second sign-in ends the first one's session):
TOKENS=$({_curl(stack, "InitiateAuth", json.dumps(sign_in))})
ACCESS=$(echo "$TOKENS" | {read.format("AccessToken")})
REFRESH=$(echo "$TOKENS" | {read.format("RefreshToken")})

# Call the API: 200.
{call}

# Revoke the session, and call again: 401, though the token has not expired.
{_curl(stack, "RevokeToken", revoke)}
{call}

Ctrl-C stops it."""


def _curl(stack: LocalStack, operation: str, body: str) -> str:
    target = f"-H 'X-Amz-Target: AWSCognitoIdentityProviderService.{operation}'"
    return f"curl -s {_HEADERS} {target} -d '{body}' {stack.cognito.url}/"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="of the API (default 8080)")
    parser.add_argument(
        "--cognito-port", type=int, default=0, help="of Cognito (default: any free one)"
    )
    parser.add_argument(
        "--verdict-ttl", type=int, default=0, metavar="SECONDS", help="of verdicts on sessions"
    )
    parser.add_argument(
        "--memory-ttl", type=int, default=0, metavar="SECONDS", help="of rows in a sandbox's memory"
    )
    parser.add_argument(
        "--no-ledger", action="store_true", help="verdicts stay in the memory of each sandbox"
    )
    parser.add_argument(
        "--gateway-ttl", type=int, default=0, metavar="SECONDS", help="of the gateway's cache"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
