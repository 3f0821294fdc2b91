"""The example app and its OpenID provider on this machine, and a real browser in front of them.

- :mod:`local.web.node` runs Node programs on sockets that :mod:`local.web.listening` has opened;
- :mod:`local.web.browser` starts Chromium, in which a :mod:`local.web.device` keeps its cookies;
- :mod:`local.web.world` puts ``examples/authjs`` in front of the local stack, which
  :mod:`local.web.deployment` tells of each other;
- :mod:`local.web.session_cookie` opens the app's cookie, as who knows its secret can.
"""
