"""Lambda authorizer that refuses Cognito sessions which no longer live.

One request passes these stages, a module each, in this order:

1. :mod:`authorizer.request` reads the gateway's event and finds the one token in it.
2. :mod:`authorizer.verification` turns the token's text into a verified token
   (:mod:`authorizer.tokens`), with what :mod:`jose` knows of tokens, claims and keys.
3. :mod:`authorizer.revocation` asks whether the session behind the token still lives.
4. :mod:`authorizer.policy` compiles route rules into one policy for the whole stage.
5. :mod:`authorizer.response` renders the answer in the form the event asked for.

:mod:`authorizer.flow` calls them in that order; :mod:`authorizer.wiring` builds them
once from :mod:`authorizer.settings` and :mod:`authorizer.choices`; :mod:`authorizer.errors` is
the closed catalogue of everything that can go wrong; :mod:`authorizer.telemetry` reports each
decision (:mod:`authorizer.decision`) and its finding (:mod:`authorizer.finding_report`) in one
:mod:`authorizer.log_line`; a token that was verified before is known to
:mod:`authorizer.token_memory`. :mod:`transport` is the one way out to the
network.
"""
