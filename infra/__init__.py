"""The CDK side: constructs for any app, and this app's own stack.

For use in an app of one's own:

1. :mod:`infra.session_authorizer` gives REST, HTTP and WebSocket APIs their authorizer.
2. :mod:`infra.single_session_hook` ends a user's older sessions at each sign-in.
3. :mod:`infra.gateway_responses` turns a REST API's refusals into proper 401, 403 and 503.
4. :mod:`infra.route_guard` fails synth for a route that none of our authorizers guards.

This app: :mod:`infra.settings` reads the context (:mod:`infra.context_reader`),
:mod:`infra.revocation_delay` adds up the worst case, :mod:`infra.bundling` builds the zips,
and :mod:`infra.stack` puts :mod:`infra.new_user_pool` and :mod:`infra.example_api` together.
"""
