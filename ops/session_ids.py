"""Whether a text can be a session's id, and whether the ledger has ever seen that session.

A mark can be written about any text. One about a word that no token has ends nothing, and would be
reported as done.
"""

from __future__ import annotations

from ledger.rows import LedgerError, UserRow, user_name
from ops.answers import UnavailableError, UsageError
from ops.ledger_table import LedgerTable
from ops.native import is_native_id
from ops.users import User, is_subject

NEVER_SEEN = (
    "the ledger has never seen this session of this user: look whether the id is right (`sessions`"
    " and `explain` show it); the mark stands all the same"
)
NOT_READ = "the ledger could not be read: it is not known whether it has ever seen this session"


def need_session_id(text: str) -> None:
    """Of the pool's sessions; providers name theirs as they like. Raises UsageError: it is none."""
    # An origin_jti is written as a sub is.
    if not is_subject(text) and not is_native_id(text):
        raise UsageError(
            "session_id",
            "that is no session's id, or not the whole of one: it is the origin_jti of its tokens,"
            " like d6ad69bd-4f71-4391-a759-4f4b1f250744, or a native session's: tkn or sso and 25"
            " small letters and digits",
        )


def doubts_about(table: LedgerTable, user: User, session_id: str) -> tuple[str, ...]:
    """What to warn of: nothing, if the ledger has a row of the session, or has it on the roster."""
    row, roster = user.row_of(session_id), user_name(user.issuer, user.subject)
    try:
        items = table.read([row, roster])
        is_seen = bool(items[row]) or session_id in UserRow.read(items[roster]).sessions
    except (LedgerError, UnavailableError):
        # Whoever ends a session in an incident is not kept from it by a read.
        return (NOT_READ,)
    return () if is_seen else (NEVER_SEEN,)
