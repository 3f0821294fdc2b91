"""Cognito by moto's server, completed where it falls short of AWS.

moto keeps pools, clients, users, groups, passwords and challenges. It signs every pool's tokens
with one published key, gives a refresh a new ``auth_time``, knows no RevokeToken and no
triggers, finds access tokens by their raw text, and has its own error texts. All of that is
about tokens and sessions, so this package takes those over whole, as a WSGI layer in front of
moto's unchanged application:

- :mod:`local.cognito.layer` sorts requests: ours, or passed on to moto;
- :mod:`local.cognito.traffic` counts them, and refuses them when told to;
- :mod:`local.cognito.operations` are the operations that make, judge or end tokens;
- :mod:`local.cognito.trail` writes those down that end sessions, as CloudTrail does;
- :mod:`local.cognito.trigger` calls the Pre Token Generation function first;
- :mod:`local.cognito.sessions`, :mod:`local.cognito.tokens` and :mod:`local.cognito.keys` are
  what their names say;
- :mod:`local.cognito.directory` is the one place that looks into moto's memory.

A layer, and not subclasses put in the place of moto's classes: nothing in moto is patched, so
nothing has to be undone; clock, keys, sessions and quotas belong to one server, while moto's
memory belongs to the process; and other services of moto's remain reachable at the same port.
"""

from local.cognito.service import LocalCognito

__all__ = ["LocalCognito"]
