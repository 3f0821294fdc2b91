"""OpenID providers whose access tokens are taken beside Cognito's: Auth0 and others.

:mod:`issuers.profile` is what a deployment states about each (:mod:`issuers.statement` reads it by
type); :mod:`issuers.discovery` finds what it leaves to the provider to say;
:mod:`issuers.verification` has the headers and keys of their tokens;
:mod:`issuers.access_tokens` reads the claims.
"""
