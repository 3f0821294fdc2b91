"""Three hours that never were, the same each time, with something to be seen in them.

Traffic is ordinary until, an hour and a half before the end, somebody tries forged tokens for
twenty minutes. In the last half hour a campaign doubles the traffic, and the quota of GetUser is
spent. Whatever the settings: some of it happens under some of them only.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from local.dashboard.formulas import Series

MINUTES = 180

#: Before it is counted.
Made = npt.NDArray[np.floating[Any]] | float

_T = np.arange(MINUTES, dtype=np.float64)
_FORGED = np.where((_T >= 88) & (_T < 108), 1.0, 0.0)
_CAMPAIGN = np.clip((_T - 148) / 10, 0, 1)
_SPENT = np.clip((_T - 156) / 6, 0, 1)

#: Requests a minute, without those of the forger.
_REQUESTS = (15_000 + 1_800 * np.sin(_T / 37)) * (1 + 0.9 * _CAMPAIGN)

#: Of 100 verdicts, how many Cognito is asked for: new sessions are in no cache.
_ASKED = _REQUESTS * (0.15 + 0.07 * _CAMPAIGN)
_THROTTLED = 1_500 * _SPENT

_REFUSED: Mapping[str, Made] = {
    "token_expired": _REQUESTS * 0.006,
    "session_revoked": _REQUESTS * 0.003,
    "signed_in_elsewhere": _REQUESTS * 0.002,
    "token_missing": _REQUESTS * 0.002,
    "route_not_allowed": 14.0,
    "signature_invalid": 420.0 * _FORGED,
    "key_unknown": 160.0 * _FORGED,
}
_UNAVAILABLE: Mapping[str, Made] = {
    "issuer_throttled": _THROTTLED,
    "key_lookup_limited": 45.0 * _FORGED,
}

_SUMS: Mapping[str, Made] = {
    "Granted": _REQUESTS - _THROTTLED,
    "Refused": sum(np.asarray(value) for value in _REFUSED.values()),
    "Unavailable": sum(np.asarray(value) for value in _UNAVAILABLE.values()),
    "Throttled": _THROTTLED * 1.1,
    "Asked_getuser_active": _ASKED * 0.98 - _THROTTLED * 0.5,
    "Asked_getuser_rejected": _ASKED * 0.02,
    "Asked_getuser_unavailable": _THROTTLED * 1.1,
    "VerdictFrom_memory": _REQUESTS * (0.58 - 0.05 * _CAMPAIGN),
    "VerdictFrom_ledger": _REQUESTS * (0.27 - 0.02 * _CAMPAIGN),
    "VerdictFrom_getuser": _ASKED,
    "StaleVerdictServed": 180 * _SPENT,
    "VerdictFrom_stale": 180 * _SPENT,
    "Ledger_memory": _REQUESTS * 0.58,
    "Ledger_read": _REQUESTS * 0.42,
    "VerdictNotShared": 4.0 * (_T % 41 == 7),
    "KeySetFetches": 1.0 * (_T % 30 == 11) + 9.0 * _FORGED,
    "Hook_signed_out": 52 + 60 * _CAMPAIGN,
    "Hook_not_a_sign_in": 210 + 90 * _CAMPAIGN,
    "Hook_signed_out_unmarked": 2.0 * (_T == 61),
    "Hook_refused": 1.0 * (_T == 133),
    "Feed_marked": 9.0,
    "Feed_unusable": 1.0 * (_T == 40),
}

_MAXIMA: Mapping[str, npt.NDArray[np.floating[Any]]] = {
    "KeyAge": (_T * 60.0 + 900) % 3600,
    "FeedLag": 260 + 45 * np.sin(_T / 9),
    "ApproximateNumberOfMessagesVisible": np.zeros(MINUTES),
}

#: Medians, and how much slower one of a hundred is, both in milliseconds, and how much of the
#: latter the spent quota adds.
_LATENCIES: Mapping[str, tuple[float, float, float]] = {
    "DecisionLatency": (4, 95, 330),
    "VerificationLatency": (0.4, 1.4, 0),
    "RevocationLatency": (3.2, 92, 325),
    "AskedLatency": (27, 88, 300),
}


def sample(name: str, statistic: str, dimensions: Mapping[str, str]) -> Series:
    """One metric by the minute; what never happened has no data.

    Raises:
        KeyError: nothing was made up for the statistic.
    """
    reason = dimensions.get("reason", "")
    if reason:
        made = {"Refused": _REFUSED, "Unavailable": _UNAVAILABLE}[name].get(reason, 0.0)
        return _counted(made, f"{name}.{reason}")
    if name in _LATENCIES and statistic == "SampleCount":
        return _counted(_REQUESTS, f"{name}.{statistic}")
    if name in _LATENCIES:
        return _latency(name, statistic)
    if name in _MAXIMA:
        factor = {"Maximum": 1.0, "p50": 0.72}[statistic]
        return _noisy(_MAXIMA[name] * factor, name, 0.0 if name == "KeyAge" else 0.05)
    if statistic != "Sum":
        raise KeyError(f"{statistic} of {name}")
    return _counted(_SUMS.get(name, 0.0), name)


def reasons(name: str) -> list[str]:
    """The reasons that there have been."""
    return sorted({"Refused": _REFUSED, "Unavailable": _UNAVAILABLE}[name])


def account_calls() -> Series:
    """What Cognito counts of the whole account: others call, too."""
    return _counted(_ASKED + _THROTTLED + 420, "CallCount")


def _latency(name: str, statistic: str) -> Series:
    median, tail, more = _LATENCIES[name]
    level: Callable[[], npt.NDArray[np.floating[Any]]] = {
        "p50": lambda: np.full(MINUTES, median) * (1 + 0.3 * _SPENT),
        "p99": lambda: tail + more * _SPENT,
    }[statistic]
    return _noisy(level(), f"{name}.{statistic}", 0.08)


def _counted(made: Made, name: str) -> Series:
    level = np.broadcast_to(np.asarray(made, dtype=np.float64), MINUTES)
    whole = np.rint(_noisy(level, name, 0.04))
    return np.where(whole > 0, whole, np.nan)


def _noisy(level: npt.NDArray[np.floating[Any]], name: str, share: float) -> Series:
    random = np.random.default_rng(zlib.crc32(name.encode()))
    noisy: Series = level * (1 + share * random.standard_normal(MINUTES))
    return noisy
