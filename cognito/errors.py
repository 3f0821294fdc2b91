"""How a call of Cognito can fail, in names that are AWS's or our own, and nobody else's."""

from __future__ import annotations

#: Trying again may help, and does no harm: each of the operations can be done twice.
PASSING = frozenset(
    {
        "InternalErrorException",
        "InternalFailure",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)

#: Errors that are told by their names: those in the SDK's model of the operations, and those that
#: any service may answer. Another text is the other side's own, and nobody's to repeat.
#: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html
KNOWN_CODES = PASSING | {
    "AccessDeniedException",
    "ExpiredTokenException",
    "ForbiddenException",
    "IncompleteSignatureException",
    "InvalidParameterException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "NotAuthorizedException",
    "OperationNotEnabledException",
    "OptInRequired",
    "PasswordResetRequiredException",
    "ResourceNotFoundException",
    "UnauthorizedException",
    "UnrecognizedClientException",
    "UnsupportedOperationException",
    "UnsupportedTokenTypeException",
    "UserNotConfirmedException",
    "UserNotFoundException",
}


class CognitoError(Exception):
    """Nobody can say that Cognito did what it was asked for.

    ``code`` is an error of Cognito's, a word of the transport's or a status; never a text of the
    other side's. ``may_pass`` says whether trying again is of any use.
    """

    def __init__(self, code: str, *, may_pass: bool) -> None:
        super().__init__(code)
        self.code = code
        self.may_pass = may_pass


class NotCognitoError(CognitoError):
    """An answer came that looks like a success and is none of Cognito's."""

    def __init__(self) -> None:
        super().__init__("not an answer of Cognito's", may_pass=False)
