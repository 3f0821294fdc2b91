"""The CDK side: constructs for any app, and the app of this project.

For use in an app of one's own:

1. :mod:`infra.session_authorizer` gives REST, HTTP and WebSocket APIs their authorizer, told by
   :mod:`infra.authorizer_options`.
2. :mod:`infra.session_ledger` is the table that lets all of them know what one of them knows.
3. :mod:`infra.session_feed` marks in it what CloudTrail says was done to a user's sessions.
4. :mod:`infra.single_session_hook` ends a user's older sessions at each sign-in, told by
   :mod:`infra.hook_options`; :mod:`infra.native_sessions` has Cognito do it instead.
5. :mod:`infra.gateway_responses` turns a REST API's refusals into proper 401, 403 and 503.
6. :mod:`infra.route_guard` fails synth for a route that none of our authorizers guards.
7. :mod:`infra.observability` lets people see all of it, and tells them when something is wrong;
   :mod:`infra.operator_log` is where what they do about it is written down, and
   :mod:`infra.near_quota` says from where Cognito's quota is near.

Behind them, :mod:`infra.revocation_delay` adds up the worst cases, :mod:`infra.lambda_function`
makes a function that can only write its log, :mod:`infra.live_alias` publishes the authorizer's,
and :mod:`infra.bundling` builds its zip, with keys that :mod:`infra.fetch_keys` fetched.
:mod:`infra.exports` tells other stacks what they need to attach, and
:mod:`infra.deployment_name` what a deployment is called.

The app: :mod:`infra.settings` reads CDK context by :mod:`infra.context_reader` and
:mod:`infra.context_options`, and has it looked at by :mod:`infra.settings_checks` and
:mod:`infra.environment_checks`;
:mod:`infra.stack` puts :mod:`infra.new_user_pool` and :mod:`infra.example_api` together, and
:mod:`infra.checks` looks at the result.
"""
