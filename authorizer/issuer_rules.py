"""What is particular to one issuer's tokens: the headers and the claims that it writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from authorizer.tokens import VerifiedToken
from jose.compact import HeaderRule, UnverifiedToken

#: Raises CredentialError if a token that starts and ends at these moments is not good now.
TimesCheck = Callable[[int, int], None]


#: The claims of a token whose signature holds, without its text; and a moment that none of the
#: token's past lies after, in seconds since the epoch.
Read: TypeAlias = tuple[VerifiedToken, int]


class IssuerRules(Protocol):
    """Reads the tokens of one issuer."""

    @property
    def header(self) -> HeaderRule:
        """The headers that its tokens may have."""
        ...

    def read(self, token: UnverifiedToken, check_times: TimesCheck) -> Read:
        """Read and check the claims of a token whose signature holds.

        Raises:
            CredentialError: the token is not good.
            jose.faults.JoseError: its claims are not what they must be.
        """
        ...
