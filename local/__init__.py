"""The local stack: Cognito and API Gateway on this machine, with the real Lambda code between.

- :mod:`local.cognito` and :mod:`local.gateway` imitate the two services on a clock that moves
  when it is told to;
- :mod:`local.ledger` has the ledger's table, in moto's DynamoDB behind :mod:`local.dynamodb`;
- :mod:`local.event_bus` brings what CloudTrail saw at Cognito to the feed, when it is told to;
- :mod:`local.stack` puts them together with the authorizer, the hook and the feed;
- :mod:`local.story` is what ``make demo`` tells and the tests check, by :mod:`local.demo`;
- :mod:`local.serve` keeps the stack up, on real time.

A test bench, and no AWS: ``local/README.md`` lists what it does not imitate.
"""
