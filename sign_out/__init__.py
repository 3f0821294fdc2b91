"""``POST /sign-out``: ends the caller's session everywhere it is remembered.

One request passes these stages, a module each, in this order:

1. :mod:`sign_out.credentials` finds the tokens in it (:mod:`proxy_integration` reads the event).
2. :mod:`sign_out.origin` refuses other sites' requests where a cookie carries the token.
3. :mod:`sign_out.session` reads which session a verified access token belongs to: of the user
   pool (:mod:`sign_out.pool_tokens`) or of an OpenID provider (:mod:`sign_out.provider_tokens`).
4. :mod:`sign_out.marks` marks the ledger: the authorizer refuses from then on.
5. :mod:`sign_out.cognito` revokes at Cognito, :mod:`sign_out.provider_revocation` at a provider.
6. :mod:`sign_out.farewell` renders the answer: the provider's logout address, cookies cleared,
   for whom the token claims to be from (:mod:`sign_out.claimed`): the same for a forged one.

:mod:`sign_out.flow` calls them in that order, so that a failure half-way leaves the user more
signed out and not less. :mod:`sign_out.wiring` builds them once from :mod:`sign_out.settings`;
:mod:`sign_out.telemetry` reports.
"""
