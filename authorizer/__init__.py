"""Lambda authorizer that refuses Cognito sessions which no longer live.

One request passes these stages, a module each, in this order:

1. :mod:`authorizer.request` reads the gateway's event and finds the one token in it.
2. :mod:`authorizer.keys` supplies the issuer's public signing keys
   (:mod:`authorizer.key_set` reads them).
3. :mod:`authorizer.verification` turns an unverified token into a verified one
   (:mod:`authorizer.tokens` has both).
4. :mod:`authorizer.revocation` asks whether the session behind the token still lives.
5. :mod:`authorizer.policy` compiles route rules into one policy for the whole stage.
6. :mod:`authorizer.response` renders the answer in the form the event asked for.

:mod:`authorizer.flow` calls them in that order; :mod:`authorizer.wiring` builds them
once from :mod:`authorizer.settings` and :mod:`authorizer.choices`; :mod:`authorizer.errors` is
the closed catalogue of everything that can go wrong; :mod:`authorizer.telemetry` reports each
decision (:mod:`authorizer.decision`). :mod:`transport` is the one way out to the network.
"""
