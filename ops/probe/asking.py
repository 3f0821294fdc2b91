"""Calls of Cognito, at a pace, timed, and told apart: accepted, refused, or no answer."""

from __future__ import annotations

import math
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from ops.aws import error_code
from ops.probe.place import Place
from ops.run import Run

ASKING_NEEDS = (
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminInitiateAuth",
    "cognito-idp:AdminSetUserPassword",
)

#: No verdicts: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html
NO_ANSWER = frozenset({"TooManyRequestsException", "InternalErrorException", "ThrottlingException"})
_MS = 1000


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in or a refresh gave."""

    access: str = field(repr=False)
    identity: str = field(repr=False)
    refresh: str = field(repr=False)


class Pace:
    """Lets calls through, so many a second at most."""

    def __init__(self, run: Run, per_second: float) -> None:
        self._world = run.world
        self._gap = 1 / per_second
        self._next = self._world.monotonic()

    def wait(self) -> None:
        """Wait for one's turn."""
        now = self._world.monotonic()
        if self._next > now:
            self._world.pause(self._next - now)
        self._next = max(now, self._next) + self._gap


@dataclass(frozen=True, slots=True)
class Said:
    """What GetUser said: ``text`` is empty if it accepted the token, else the error, whole."""

    text: str = ""
    is_answer: bool = True

    @property
    def is_accepted(self) -> bool:
        """Whether the session lives, for all that Cognito knows."""
        return self.is_answer and not self.text


class Asking:
    """Cognito, as the probe calls it.

    Attributes:
        latencies_ms: of every GetUser that was answered.
        no_answers: GetUser calls that were throttled or failed, by error.
    """

    #: Users' own quota of reads is ten a second, and not adjustable.
    polls_per_second = 8.0

    def __init__(self, run: Run, place: Place) -> None:
        self.run = run
        self.place = place
        self.latencies_ms: list[float] = []
        self.no_answers: Counter[str] = Counter()
        self._client = run.aws.client("cognito-idp")
        # Cognito asks for each kind of character.
        self._password = f"aA1!{secrets.token_urlsafe(24)}"
        run.secrets.append(self._password)

    def make_users(self, kind: str, count: int, pace: Pace) -> list[str]:
        """Users who can sign in, named after what the trigger is to do with them."""
        names = [f"{kind}{number}" for number in range(count)]
        for name in names:
            pace.wait()
            self._client.admin_create_user(
                UserPoolId=self.place.pool_id, Username=name, MessageAction="SUPPRESS"
            )
            self._client.admin_set_user_password(
                UserPoolId=self.place.pool_id,
                Username=name,
                Password=self._password,
                Permanent=True,
            )
        return names

    def sign_in(self, name: str, client_id: str) -> Tokens:
        """USER_PASSWORD_AUTH. Raises ClientError."""
        return self._tokens(
            self._client.initiate_auth(
                ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=self._proof(name)
            )
        )

    def srp_sign_in(self, name: str, client_id: str) -> Tokens:
        """USER_SRP_AUTH: the password is proved, and not sent. Raises ClientError."""
        # It brings a HTTP client of its own, which only this takes.
        from pycognito.aws_srp import AWSSRP  # noqa: PLC0415

        proof = AWSSRP(
            username=name,
            password=self._password,
            pool_id=self.place.pool_id,
            client_id=client_id,
            client=self._client,
        )
        return self._tokens(proof.authenticate_user())

    def admin_sign_in(self, name: str, client_id: str) -> Tokens:
        """ADMIN_USER_PASSWORD_AUTH. Raises ClientError."""
        return self._tokens(
            self._client.admin_initiate_auth(
                UserPoolId=self.place.pool_id,
                ClientId=client_id,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters=self._proof(name),
            )
        )

    def refresh(self, tokens: Tokens, client_id: str) -> Tokens:
        """REFRESH_TOKEN_AUTH. Raises ClientError."""
        parameters = {"REFRESH_TOKEN": tokens.refresh}
        return self._tokens(
            self._client.initiate_auth(
                ClientId=client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters
            ),
            tokens,
        )

    def rotate(self, tokens: Tokens, client_id: str) -> Tokens:
        """GetTokensFromRefreshToken. Raises ClientError."""
        return self._tokens(
            self._client.get_tokens_from_refresh_token(
                ClientId=client_id, RefreshToken=tokens.refresh
            ),
            tokens,
        )

    def get_user(self, access_token: str) -> Said:
        """Ask whether a token is good; timed."""
        began = self.run.world.monotonic()
        try:
            self._client.get_user(AccessToken=access_token)
        except ClientError as error:
            said = Said(error_text(error), error_code(error) not in NO_ANSWER)
        else:
            said = Said()
        if said.is_answer:
            self.latencies_ms.append((self.run.world.monotonic() - began) * _MS)
        else:
            self.no_answers[said.text] += 1
        return said

    def _proof(self, name: str) -> dict[str, str]:
        return {"USERNAME": name, "PASSWORD": self._password}

    def _tokens(self, answer: Mapping[str, Any], before: Tokens | None = None) -> Tokens:
        result = answer["AuthenticationResult"]
        refresh = result.get("RefreshToken") or (before.refresh if before else "")
        return Tokens(result["AccessToken"], result["IdToken"], refresh)


def error_text(error: ClientError) -> str:
    """The service's code and words, as they are."""
    return f"{error_code(error)}: {error.response.get('Error', {}).get('Message', '')}"


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The smallest value that so many percent do not exceed; None of none."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
