"""Proof of the declared delay: random schedules of a whole deployment, judged by an oracle.

- :mod:`tests.delay.drawn` is what a schedule's settings are drawn from, and what they declare;
- :mod:`tests.delay.steps` names all that can happen, :mod:`tests.delay.generator` draws it;
- :mod:`tests.delay.world` lets it happen: :mod:`tests.delay.cognito` on its own clock, sandboxes
  with the real authorizer (:mod:`tests.delay.sandbox`), a gateway's cache, and the other Lambdas
  (:mod:`tests.delay.functions`); :mod:`tests.delay.ways` are the ways to end a session;
- :mod:`tests.delay.oracle` says from the history alone what a request may be answered, with
  :mod:`tests.delay.history` and :mod:`tests.delay.places`;
- :mod:`tests.delay.run` plays schedules and prints the one that fails, as short as it gets;
  ``python -m tests.delay.replay SEED`` plays it again;
- :mod:`tests.delay.defects` are planted to see that the proof can fail.
"""
