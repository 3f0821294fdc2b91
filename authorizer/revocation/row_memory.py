"""The ledger's rows as this sandbox last read them: bounded, and fresh for a stated time."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from ledger.judgement import Rows
from ledger.reader import Reader
from ledger.rows import ClientRow, Names, PoolRow, SessionRow, UserRow
from transport import Deadline


@dataclass(frozen=True, slots=True)
class _Session:
    user: UserRow
    session: SessionRow
    read_at: float


class RowMemory:
    """Rows of the pool and of clients apart from those of users and sessions.

    The former concern all requests and are read once per ``ttl_seconds``, so that no row of the
    table is hot, whatever the traffic. Times are seconds since the epoch.
    """

    def __init__(self, reader: Reader, *, ttl_seconds: int, max_entries: int) -> None:
        self._reader = reader
        self._ttl = ttl_seconds
        self._max_entries = max_entries
        self._pools: dict[str, tuple[PoolRow, float]] = {}
        self._clients: dict[str, tuple[ClientRow, float]] = {}
        self._sessions: OrderedDict[str, _Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def recall(self, names: Names, now: float) -> Rows | None:
        """All rows of a token, if every one of them is still fresh."""
        if self._shared_to_read(names, now):
            return None
        held = self._sessions.get(names.session)
        if held is None or not self._is_fresh(held.read_at, now):
            return None
        self._sessions.move_to_end(names.session)
        return self.last_known(names)

    def last_known(self, names: Names) -> Rows:
        """What was last read, however long ago. Marks do not go away, so they still hold."""
        held = self._sessions.get(names.session)
        return Rows(
            pool=self._pools.get(names.pool, (PoolRow(), 0.0))[0],
            client=self._clients.get(names.client, (ClientRow(), 0.0))[0],
            user=held.user if held is not None else UserRow(),
            session=held.session if held is not None else SessionRow(),
        )

    def read(self, names: Names, now: float, deadline: Deadline) -> Rows:
        """Read the user's and the session's rows, and the shared ones if they are not fresh.

        Raises:
            LedgerError: if not all of it could be read. Nothing of it is remembered then.
        """
        wanted = [names.user, names.session, *self._shared_to_read(names, now)]
        items = self._reader.read(wanted, deadline)
        user, session = UserRow.read(items[names.user]), SessionRow.read(items[names.session])
        pool = PoolRow.read(items[names.pool]) if names.pool in items else None
        client = ClientRow.read(items[names.client]) if names.client in items else None
        if pool is not None:
            self._pools[names.pool] = (pool, now)
        if client is not None:
            self._clients[names.client] = (client, now)
        self._keep(names, _Session(user, session, now))
        return self.last_known(names)

    def update(
        self, names: Names, *, user: UserRow | None = None, session: SessionRow | None = None
    ) -> Rows:
        """Remember what this sandbox has just written, as of the moment it was read."""
        held = self._sessions[names.session]
        self._keep(names, _Session(user or held.user, session or held.session, held.read_at))
        return self.last_known(names)

    def forget(self, names: Names) -> None:
        """Let the next request read the session's rows again."""
        self._sessions.pop(names.session, None)

    def _keep(self, names: Names, held: _Session) -> None:
        self._sessions.pop(names.session, None)
        self._sessions[names.session] = held
        while len(self._sessions) > self._max_entries:
            self._sessions.popitem(last=False)

    def _shared_to_read(self, names: Names, now: float) -> list[str]:
        never = float("-inf")
        held = {
            names.pool: self._pools.get(names.pool, (None, never))[1],
            names.client: self._clients.get(names.client, (None, never))[1],
        }
        return [name for name, read_at in held.items() if not self._is_fresh(read_at, now)]

    def _is_fresh(self, read_at: float, now: float) -> bool:
        return read_at <= now < read_at + self._ttl
