"""The table of expectations: every fault, and what a request is answered meanwhile.

``fault.py`` has the columns and the rule for several at once; ``test_alone.py`` and
``test_pairs.py`` hold the authorizer to them. ``python -m tests.faults.table`` prints it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product

from tests.faults.cognito_faults import cognito_faults
from tests.faults.fault import Component, Fault
from tests.faults.key_faults import key_faults
from tests.faults.ledger_faults import ledger_faults
from tests.faults.sandbox_faults import sandbox_faults

COGNITO = tuple(cognito_faults())
KEYS = tuple(key_faults())
LEDGER = tuple(ledger_faults())
SANDBOX = tuple(sandbox_faults())

TABLE: tuple[Fault, ...] = (*COGNITO, *KEYS, *LEDGER, *SANDBOX)

Pair = tuple[Fault, Fault]


def all_pairs() -> Iterator[Pair]:
    """Every pair of faults of two components, once."""
    chosen = [[fault for fault in of if fault.in_pairs] for of in (COGNITO, KEYS, LEDGER, SANDBOX)]
    for some, others in combinations(chosen, 2):
        yield from product(some, others)


def covering_pairs(times: int = 2) -> Iterator[Pair]:
    """Pairs in which every fault of ``all_pairs`` stands that often at least."""
    chosen = {of: [f for f in TABLE if f.component is of and f.in_pairs] for of in Component}
    seen: set[frozenset[str]] = set()
    counted = {str(fault): 0 for faults in chosen.values() for fault in faults}
    turn = 0
    for component, faults in chosen.items():
        others = [of for of in Component if of is not component]
        for fault in faults:
            while counted[str(fault)] < times:
                partners = chosen[others[turn % len(others)]]
                partner = min(partners, key=lambda other: counted[str(other)])
                turn += 1
                pair = frozenset({str(fault), str(partner)})
                if pair in seen:
                    partner = partners[turn % len(partners)]
                    pair = frozenset({str(fault), str(partner)})
                if pair not in seen:
                    seen.add(pair)
                    counted[str(fault)] += 1
                    counted[str(partner)] += 1
                    yield fault, partner


def rows(faults: Iterable[Fault] = TABLE) -> Iterator[str]:
    """The table as text."""
    for fault in faults:
        answer = "granted" if fault.answer is None else fault.answer.value
        yield f"{fault.component:8} {fault.name:60} {answer}"


if __name__ == "__main__":
    print("\n".join(rows()))  # noqa: T201  # it is what it is called for
