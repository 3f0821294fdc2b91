"""What people of a soak hold, and what they share."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import requests

from local.clock import WallClock
from local.soak.plan import Plan
from local.soak.tally import Tally
from local.soak.weather import Weather
from local.stack import LocalStack


@dataclass(frozen=True, slots=True)
class Held:
    """What a device holds. Times are seconds since the epoch."""

    device: str
    access: str
    refresh: str
    issued_at: float
    expires_at: float


@dataclass(frozen=True, slots=True)
class Ended:
    """An access token whose session has ended."""

    access: str
    issued_at: float
    ended_at: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What every person of a worker shares."""

    stack: LocalStack
    web: requests.Session
    weather: Weather
    tally: Tally
    plan: Plan
    random: Random
    clock: WallClock
