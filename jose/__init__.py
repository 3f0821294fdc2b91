"""Reads and verifies signed tokens (JWS, JWK and JWT), and knows nothing of who sends them.

1. :mod:`jose.compact` takes a token apart, in its one canonical spelling.
2. :mod:`jose.keys` supplies the issuer's public signing keys (:mod:`jose.key_set` reads them),
   for as long as :mod:`jose.key_settings` says.
3. :mod:`jose.signature` verifies.
4. :mod:`jose.claims` reads claims by type.

:mod:`jose.faults` is the closed list of what can be wrong.
"""
