"""Pre Token Generation trigger that leaves one session: the one being made.

1. :mod:`pre_token_hook.trigger` reads Cognito's event and says whether it is a sign-in.
2. :mod:`pre_token_hook.sign_out` signs the user out everywhere, before the new tokens exist
   (:mod:`cognito` is how it calls).
3. :mod:`pre_token_hook.mark` tells the session ledger, if there is one.
4. :mod:`pre_token_hook.hook` does all of it, applies the failure rule and returns the event
   untouched.

:mod:`pre_token_hook.settings`, :mod:`pre_token_hook.telemetry` and :mod:`pre_token_hook.wiring`
are what their names say; :mod:`pre_token_hook.handler` is the entry point.
"""
