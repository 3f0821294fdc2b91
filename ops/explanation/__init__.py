"""Explains a token: what passes and what fails, in the order of the validation flow.

1. :mod:`ops.explanation.checks` names the checks in their order.
2. :mod:`ops.explanation.token_checks`: what the token itself says, with the authorizer's verifier.
3. :mod:`ops.explanation.session_checks`: the ledger's marks, the roster, and the issuer's word.
4. :mod:`ops.explanation.route_check`: the rules of one route.
5. :mod:`ops.explanation.parameter_secrets`: what asking an OpenID provider may take.
6. :mod:`ops.explanation.explain` puts them together; :mod:`ops.explanation.advice` says what to do.

Nothing here decides anything by itself: every judgement is the authorizer's own code, told what the
deployed function is told.
"""
