"""The local stack: Cognito and API Gateway on this machine, with the real Lambda code between.

- :mod:`local.cognito` and :mod:`local.gateway` imitate the two services on a clock that moves
  when it is told to;
- :mod:`local.stack` puts them together with the authorizer and the hook;
- :mod:`local.story` is what ``make demo`` tells and the tests check, by :mod:`local.demo`;
- :mod:`local.serve` keeps the stack up, on real time.

A test bench, and no AWS: ``local/README.md`` lists what it does not imitate.
"""
