"""The ledger's rows as this sandbox last read them: bounded, and fresh for a stated time."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, NamedTuple, TypeVar

from ledger.judgement import Rows
from ledger.names import Names
from ledger.reader import Reader
from ledger.rows import ClientRow, PoolRow, SessionRow, UserRow
from transport import Deadline

Row = TypeVar("Row")


class _Read(NamedTuple, Generic[Row]):
    row: Row
    at: float


class _Shelf(Generic[Row]):
    """Rows of one kind by name, the least recently used going first."""

    def __init__(self, nothing: Row, max_entries: int) -> None:
        self._nothing = nothing
        self._max_entries = max_entries
        self._read: OrderedDict[str, _Read[Row]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._read)

    def held(self, name: str) -> _Read[Row] | None:
        return self._read.get(name)

    def row(self, name: str) -> Row:
        held = self._read.get(name)
        return self._nothing if held is None else held.row

    def read_at(self, name: str) -> float:
        held = self._read.get(name)
        return float("-inf") if held is None else held.at

    def keep(self, name: str, row: Row, at: float) -> None:
        self._read.pop(name, None)
        self._read[name] = _Read(row, at)
        while len(self._read) > self._max_entries:
            self._read.popitem(last=False)

    def touch(self, name: str) -> None:
        self._read.move_to_end(name)

    def forget(self, name: str) -> None:
        self._read.pop(name, None)


class RowMemory:
    """What was read, and when. Times are seconds since the epoch.

    Rows of pools and clients concern all requests and are read once per ``ttl_seconds``, so that
    no row of the table is hot, whatever the traffic.
    """

    def __init__(self, reader: Reader, *, ttl_seconds: int, max_entries: int) -> None:
        self._reader = reader
        self._ttl = ttl_seconds
        self._pools = _Shelf(PoolRow(), max_entries)
        self._clients = _Shelf(ClientRow(), max_entries)
        self._users = _Shelf(UserRow(), max_entries)
        self._sessions = _Shelf(SessionRow(), max_entries)

    def __len__(self) -> int:
        return max(len(self._users), len(self._sessions))

    def recall(self, names: Names, now: float) -> Rows | None:
        """All rows of a token, if every one of them is still fresh."""
        pool, client = self._pools.held(names.pool), self._clients.held(names.client)
        user, session = self._users.held(names.user), self._sessions.held(names.session)
        if pool is None or client is None or user is None or session is None:
            return None
        newest = max(pool.at, client.at, user.at, session.at)
        oldest = min(pool.at, client.at, user.at, session.at)
        if not (self._is_fresh(newest, now) and self._is_fresh(oldest, now)):
            return None
        self._users.touch(names.user)
        self._sessions.touch(names.session)
        return Rows(pool.row, client.row, user.row, session.row)

    def recall_user(self, names: Names, now: float) -> UserRow | None:
        """The user's row, if it is still fresh, for whichever session it was read."""
        if self._is_fresh(self._users.read_at(names.user), now):
            return self._users.row(names.user)
        return None

    def read_at(self, names: Names) -> float:
        """When the session's row was read; minus infinity if it is not known."""
        return self._sessions.read_at(names.session)

    def last_known(self, names: Names) -> Rows:
        """What was last read, however long ago. Marks do not go away, so they still hold."""
        return Rows(
            pool=self._pools.row(names.pool),
            client=self._clients.row(names.client),
            user=self._users.row(names.user),
            session=self._sessions.row(names.session),
        )

    def read(self, names: Names, now: float, deadline: Deadline) -> Rows:
        """Read the user's and the session's rows, and the shared ones if they are not fresh.

        Raises:
            LedgerError: if not all of it could be read. Nothing of it is remembered then.
        """
        wanted = [names.user, names.session, *self._shared(names, now)]
        items = self._reader.read(wanted, deadline)
        user, session = UserRow.read(items[names.user]), SessionRow.read(items[names.session])
        pool = PoolRow.read(items[names.pool]) if names.pool in items else None
        client = ClientRow.read(items[names.client]) if names.client in items else None
        if pool is not None:
            self._pools.keep(names.pool, pool, now)
        if client is not None:
            self._clients.keep(names.client, client, now)
        self._users.keep(names.user, user, now)
        self._sessions.keep(names.session, session, now)
        return self.last_known(names)

    def update_user(self, names: Names, user: UserRow) -> None:
        """Remember what this sandbox has just written, as of the moment the row was read."""
        self._users.keep(names.user, user, self._users.read_at(names.user))

    def update_session(self, names: Names, session: SessionRow) -> None:
        """The same for the session's row."""
        self._sessions.keep(names.session, session, self._sessions.read_at(names.session))

    def forget_session(self, names: Names) -> None:
        """Let the next request read the session's row again."""
        self._sessions.forget(names.session)

    def _shared(self, names: Names, now: float) -> list[str]:
        read_at = {
            names.pool: self._pools.read_at(names.pool),
            names.client: self._clients.read_at(names.client),
        }
        return [name for name, at in read_at.items() if not self._is_fresh(at, now)]

    def _is_fresh(self, read_at: float, now: float) -> bool:
        # A clock that went backwards makes what was read later worthless, not eternal.
        return read_at <= now < read_at + self._ttl
