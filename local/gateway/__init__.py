"""A small API Gateway: enough of it to tell whether an authorizer's answers have their effect.

One request passes, in this order:

1. :mod:`local.gateway.matching` finds the route, as :mod:`local.gateway.config` lists them;
2. :mod:`local.gateway.identity` reads the identity sources: without all of them, 401;
3. :mod:`local.gateway.cache` may know the answer already;
4. :mod:`local.gateway.events` builds the event, and :mod:`local.gateway.answers` calls the
   authorizer with it and reads what came back;
5. :mod:`local.gateway.policy` says whether the answer allows this very method, now;
6. the backend answers, or :mod:`local.gateway.refusals` words the refusal.

:mod:`local.gateway.gateway` calls them.
"""
