"""One issuer's keys, marks and verdicts are never used for another's tokens.

Three issuers that are alike in everything but their name: the same key names, subjects, clients and
sessions. Whatever happens to one of them, the other two answer as if it had not.
"""

from __future__ import annotations

import io
import itertools
import json
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from authorizer.wiring import wire
from ledger.judgement import MarkReason
from ledger.rows import session_name
from ledger.writer import Writer
from local.clock import MovableClock
from tests.dynamodb import TABLE, FakeDynamoDb
from tests.events import rest_request
from tests.providers import API, FakeProvider, FakeWorld, access_claims, sign_by
from tests.sandbox import ENVIRONMENT
from tests.tokens import NOW, public_jwk
from transport import Answer, Deadline

#: Alike up to what a careless comparison would overlook.
ISSUERS = ("https://id.example.com", "https://id.example.com/", "https://id.example.com/a")
KEYS = ("key1", "key2", "key3")
SUBJECTS = ("ada", "bob")
SESSIONS = ("sid1", "sid2")
_NUMBERS = itertools.count()

issuers = st.sampled_from(ISSUERS)
subjects = st.sampled_from(SUBJECTS)
sessions = st.sampled_from(SESSIONS)


class _World(FakeWorld):
    """Addresses of one provider begin like another's: the longest one is meant."""

    def request(self, method: str, url: str, **more: Any) -> Answer:
        for provider in sorted(self.providers, key=lambda p: -len(p.issuer)):
            if url.startswith(f"{provider.issuer}/" if provider.issuer[-1] != "/" else "!"):
                return provider.answer(url, more["headers"], more["body"])
        return super().request(method, url, **more)


class IssuersApart(RuleBasedStateMachine):
    """Ends sessions of one issuer at a time, and holds all of them to a model of their own."""

    def __init__(self) -> None:
        super().__init__()
        # The second issuer's addresses are stated: discovery would ask at the first's.
        self.providers = [
            FakeProvider(issuer, [public_jwk("key", n=public_jwk(key)["n"])])
            for issuer, key in zip(ISSUERS, KEYS, strict=True)
        ]
        world = _World(*self.providers)
        second = self.providers[1]
        second.issuer = f"{ISSUERS[0]}/second"
        profiles: list[dict[str, Any]] = [
            {
                "issuer": issuer,
                "audiences": [API],
                "sessionClaim": "sid",
                "sessionCheck": "userinfo",
                "userinfoUrl": f"{issuer}/me",
            }
            for issuer in ISSUERS
        ]
        profiles[1] |= {
            "keySetUrl": f"{second.issuer}/keys",
            "userinfoUrl": f"{second.issuer}/me",
        }
        self.clock = MovableClock(NOW)
        self.table = FakeDynamoDb()
        self.log = io.StringIO()
        self.authorizer = wire(
            ENVIRONMENT
            | {
                "OIDC_ISSUERS": json.dumps(profiles),
                "LEDGER_TABLE": TABLE,
                "AWS_REGION": "eu-west-1",
                "MEMORY_TTL_SECONDS": "0",
                "VERDICT_TTL_SECONDS": "15",
            },
            clock=self.clock,
            monotonic=self.clock,
            transport=world,
            ledger_calls=self.table,
            log_stream=self.log,
            service=f"apart-{next(_NUMBERS)}",
        )
        self.writer = Writer(TABLE, self.table)
        self.ended_sessions: set[tuple[str, str]] = set()
        self.ended_users: set[tuple[str, str]] = set()
        self.tokens = {
            (issuer, subject, session): sign_by(
                "RS256",
                access_claims(issuer, sub=subject, sid=f"{subject}-{session}"),
                key=key,
                header={"kid": "key"},
            )
            for (issuer, key) in zip(ISSUERS, KEYS, strict=True)
            for subject in SUBJECTS
            for session in SESSIONS
        }

    def status(self, token: str) -> int:
        try:
            self.authorizer.handle(rest_request(f"Bearer {token}"), "request-1")
        except Exception as error:  # the gateway sees its text only
            return {"Unauthorized": 401, "Unavailable": 503}[str(error)]
        return 200

    @rule(issuer=issuers, subject=subjects, session=sessions)
    def end_session(self, issuer: str, subject: str, session: str) -> None:
        """A mark on one session of one issuer."""
        self.writer.end_session(
            session_name(issuer, "", f"{subject}-{session}"),
            MarkReason.SESSION_REVOKED,
            now=NOW,
            deadline=Deadline(at=1.0, clock=lambda: 0.0),
        )
        self.ended_sessions.add((issuer, f"{subject}-{session}"))

    @rule(issuer=issuers, subject=subjects)
    def end_user(self, issuer: str, subject: str) -> None:
        """A mark on one user of one issuer."""
        self.writer.end_user_before(issuer, subject, NOW + 1, Deadline(at=1.0, clock=lambda: 0.0))
        self.ended_users.add((issuer, subject))

    @rule(issuer=issuers, by=st.sampled_from(KEYS), subject=subjects, session=sessions)
    def forge(self, issuer: str, by: str, subject: str, session: str) -> None:
        """One issuer signs in another's name, with a key of the same name: refused."""
        own = KEYS[ISSUERS.index(issuer)]
        claims = access_claims(issuer, sub=subject, sid=f"{subject}-{session}")
        token = sign_by("RS256", claims, key=by, header={"kid": "key"})
        if by != own:
            assert self.status(token) == 401

    @invariant()
    def each_answers_for_itself(self) -> None:
        """Every token is let in or refused by what has happened at its own issuer."""
        for (issuer, subject, session), token in self.tokens.items():
            has_ended = (issuer, f"{subject}-{session}") in self.ended_sessions
            has_ended |= (issuer, subject) in self.ended_users
            if subject == "ada":
                assert self.status(token) == (401 if has_ended else 200), (issuer, session)
            else:
                # USERINFO here speaks of ada: a verdict on her must not be taken for bob's.
                assert self.status(token) == (401 if has_ended else 503), (issuer, session)


TestIssuersApart = IssuersApart.TestCase
TestIssuersApart.settings = hypothesis_settings(max_examples=15, stateful_step_count=8)
