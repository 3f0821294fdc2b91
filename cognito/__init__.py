"""Operations of Cognito's API over the transport that the authorizer uses, without an SDK.

For the functions that end sessions at Cognito: :mod:`cognito.calls` makes one call,
:mod:`cognito.errors` says how it can fail, :mod:`cognito.retries` tries again what may pass, and
:mod:`cognito.aws` builds it for a Lambda. ``GetUser``, whose answers are verdicts, is
:mod:`authorizer.revocation`'s own. ``docs/decisions/0017-cognito-without-an-sdk.md``
"""
