"""How much is simulated of a load, and so how many of its sessions."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.load import Load

#: Requests a second that are simulated of a load beside the watched.
_BESIDE_PER_SECOND = 50


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is simulated.

    Args:
        requests: as many as there should be within the measured time, of the sample.
        least_seconds: shorter than this nothing is measured; sessions are sampled instead.
        most_seconds: longer than this nothing is measured, however small the load.
        watched: sessions that are revoked in each way after the load.
        watched_under_load: sessions that are revoked in each way while a load runs, which is
            simulated for them anew (:mod:`simulation.under_load`).
        tries_first: see :mod:`simulation.suspension`.
        begins_cold: whether no verdict is there at the beginning, as when the ledger is switched on
            under full load; the time to warm up then counts as well.
    """

    requests: int = 20_000
    least_seconds: float = 60.0
    most_seconds: float = 600.0
    watched: int = 12
    watched_under_load: int = 0
    tries_first: bool = True
    begins_cold: bool = False

    def window_seconds(self, load: Load) -> float:
        """How long the load is measured."""
        wanted = self.requests / load.requests_per_second
        return min(self.most_seconds, max(self.least_seconds, wanted))

    def sampled_one_in(self, load: Load) -> int:
        """Of how many sessions one is simulated."""
        if load.sandboxes == 0:
            return 1
        all_requests = load.requests_per_second * self.window_seconds(load)
        return min(max(1, round(all_requests / self.requests)), load.active_sessions)


def sampled_under_load(load: Load) -> int:
    """The same for the load that runs beside those that are revoked under it."""
    if load.sandboxes == 0:
        return 1
    wanted = round(load.requests_per_second / _BESIDE_PER_SECOND)
    return min(max(1, wanted), load.active_sessions)
