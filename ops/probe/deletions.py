"""What a probe has made, and deletes in the end: also what it has not heard of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from ops.answers import OpsError
from ops.aws import error_code, unavailable

#: What deleting something by its name is answered where it is not there.
_GONE = frozenset({"NoSuchEntity", "ResourceNotFoundException"})


class Deletions:
    """All that is to be deleted. What could not be stands in ``left``.

    Attributes:
        left: what is still there afterwards, in words.
    """

    def __init__(self, *, is_kept: bool) -> None:
        self.left: list[str] = []
        self._is_kept = is_kept
        self._deletions = ExitStack()
        self._unsure: set[str] = set()
        self._refused: set[str] = set()

    def close(self) -> None:
        """Delete it, or name it if it is kept."""
        self._deletions.close()

    def deleting(self, what: str, delete: Callable[[], object]) -> None:
        """Have something deleted in the end, in the order opposite to that of making."""

        def done() -> None:
            if what in self._refused:
                return
            named = f"perhaps {what}" if what in self._unsure else what
            if self._is_kept:
                self.left.append(named)
                return
            try:
                delete()
            except (ClientError, BotoCoreError, OpsError) as failed:
                if isinstance(failed, ClientError) and error_code(failed) in _GONE:
                    return
                said = failed if isinstance(failed, OpsError) else unavailable(failed)
                self.left.append(f"{named} ({said})")
            except BaseException:
                self.left.append(f"{named} (cut off: it may be gone)")
                raise

        self._deletions.callback(done)

    @contextmanager
    def making(self, what: str, delete: Callable[[], object] | None = None) -> Iterator[None]:
        """Around the call that makes something: its answer may be lost, and the thing be there.

        Args:
            what: it, by name.
            delete: the same as for :meth:`deleting`; None for what cannot be deleted by its name.
                That is named as what may be left.
        """
        if delete is not None:
            self._unsure.add(what)
            self.deleting(what, delete)
        try:
            yield
        except BaseException as error:
            if _is_refused(error):
                self._refused.add(what)
            elif delete is None:
                self.left.append(f"perhaps {what}")
            raise
        self._unsure.discard(what)


def _is_refused(error: BaseException) -> bool:
    """Whether nothing was made, for sure: an answer to the one try there was."""
    if not isinstance(error, ClientError):
        return False
    # What became of the tries before, whose answers did not come, is not known.
    return not error.response["ResponseMetadata"].get("RetryAttempts")
