"""What can be wrong with a token, its claims or its keys: a closed list of codes."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """One code for each fault. The authorizer's catalogue has a reason of the same name."""

    # The token's form and header (RFC 7515)
    TOKEN_MALFORMED = "token_malformed"
    HEADER_NOT_ALLOWED = "header_not_allowed"
    ALGORITHM_NOT_ALLOWED = "algorithm_not_allowed"

    # Its claims (RFC 7519)
    CLAIM_MISSING = "claim_missing"
    CLAIM_MALFORMED = "claim_malformed"

    # Its key
    KEY_UNKNOWN = "key_unknown"
    KEYS_UNAVAILABLE = "keys_unavailable"
    KEY_LOOKUP_LIMITED = "key_lookup_limited"


class JoseError(Exception):
    """A token that cannot be used. Carries a :class:`Fault`, and nothing that the token says."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault
