"""The settings of one schedule, and the delays that they declare, by the sums in README.md."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

#: The second one's refresh tokens rotate, so that the hook has to leave it out.
PLAIN_CLIENT, ROTATING_CLIENT, MACHINE_CLIENT = "client1web", "client2app", "client3machine"

USERINFO_URL = "https://customers.auth.eu-west-1.amazoncognito.com/oauth2/userInfo"

#: The OpenID provider beside the pool, and its one client.
PROVIDER, PROVIDER_CLIENT = "https://id.example.com", "client4web"

#: How old a managed-login cookie is, and how far back an operator's mark reaches.
COOKIE_AGES = (0, 0, 1, 14, 16, 600, 3600)
BACKS = (0, 0, -1, 1, 60, 4000)

#: JWKS_FAILURE_COOLDOWN_SECONDS, JWKS_UNKNOWN_KID_INTERVAL_SECONDS and DECISION_BUDGET_MS.
KEY_COOLDOWN_SECONDS, KEY_INTERVAL_SECONDS, BUDGET_SECONDS = 5, 5, 2.5

#: MARK_MARGIN_SECONDS.
MARGIN_SECONDS = 15

#: Session policies of the ledger; otherwise ``off`` or ``hook``.
ROSTERS = ("evict_oldest", "refuse_new", "notify_only")


#: Who judges a provider's sessions.
CHECKS = ("ledger", "introspection", "userinfo")


@dataclass(frozen=True)
class Profile:
    """What the deployment states about the provider, whose access tokens are let in."""

    check: str = "ledger"
    names_sessions: bool = True
    has_auth_time: bool = True

    @property
    def is_asked(self) -> bool:
        """Whether somebody has a word on its tokens beside the ledger."""
        return self.check != "ledger"


@dataclass(frozen=True)
class Drawn:
    """Seconds, unless a name says milliseconds."""

    gateway: int = 0
    memory: int = 5
    verdict: int = 15
    grace: int = 0
    leeway: int = 0
    has_ledger: bool = True
    ledger_refuses: bool = False
    cooldown_ms: int = 1000
    mode: str = "off"
    limit: int = 1
    has_userinfo: bool = False
    key_age: int = 3600
    key_stale: int = 0
    token_life: int = 3600
    box_skews_ms: tuple[int, ...] = (0, 0, 0)
    cognito_skew_ms: int = 0
    hook_skew_ms: int = 0
    latency_ms: int = 0
    profile: Profile | None = None
    """None if the pool's tokens alone are let in."""
    maps_users: bool = True
    """Whether the provider's users are the pool's of the same name."""
    provider_skew_ms: int = 0

    @property
    def memory_seconds(self) -> int:
        """Without a ledger there are no rows to remember."""
        return self.memory if self.has_ledger else 0

    @property
    def declared_pushed(self) -> int:
        """What is pushed: gateway TTL + memory TTL."""
        return self.gateway + self.memory_seconds

    @property
    def declared(self) -> int:
        """What Cognito alone knows: gateway TTL + memory TTL + verdict TTL + stale grace."""
        return self.gateway + self.memory_seconds + self.verdict + self.grace

    @property
    def clocks_apart(self) -> float:
        """By how much a verdict's age may be mistaken by another sandbox than the one that asked.

        Without a ledger nobody shares verdicts, and each sandbox measures by one clock.
        """
        spread = (max(self.box_skews_ms) - min(self.box_skews_ms)) / 1000
        return spread if self.has_ledger else 0.0


def draw(random: Random) -> Drawn:
    """Settings, of which some are at their limits and most are as people would choose them."""
    has_ledger = random.random() < 0.85
    leeway = random.choice([0, 0, 0, 5, 10])
    skews = leeway > 0 and random.random() < 0.7

    def skew() -> int:
        # Two clocks are then the leeway apart at most.
        most = leeway * 1000 // 2
        return random.randint(-most, most) if skews else 0

    modes = ["off", "off", "hook", *(ROSTERS if has_ledger else ())]
    mode = random.choice(modes)
    profile = _profile(random, mode, has_ledger=has_ledger) if random.random() < 0.7 else None
    return Drawn(
        gateway=random.choice([0, 0, 7, 30]),
        memory=random.choice([0, 5, 5, 11]),
        verdict=random.choice([0, 1, 15, 60]),
        grace=random.choice([0, 0, 0, 9, 30]),
        leeway=leeway,
        has_ledger=has_ledger,
        ledger_refuses=random.random() < 0.25,
        cooldown_ms=random.choice([0, 1000, 1000, 5000]),
        mode=mode,
        limit=random.choice([1, 1, 2, 3]),
        has_userinfo=random.random() < 0.3,
        key_age=random.choice([60, 600, 3600]),
        key_stale=random.choice([0, 120, 14_400]),
        token_life=random.choice([300, 3600, 3600, 86_400]),
        box_skews_ms=tuple(skew() for _ in range(3)),
        cognito_skew_ms=skew(),
        hook_skew_ms=skew(),
        latency_ms=random.choice([0, 0, 3, 80]),
        profile=profile,
        maps_users=profile is None or random.random() < 0.6,
        provider_skew_ms=skew(),
    )


def _profile(random: Random, mode: str, *, has_ledger: bool) -> Profile:
    return Profile(
        check=random.choice(CHECKS if has_ledger else CHECKS[1:]),
        names_sessions=random.random() < 0.8,
        # A roster's ranks are those of sign-in times, and stay.
        has_auth_time=mode in ROSTERS or random.random() < 0.7,
    )
