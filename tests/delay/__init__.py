"""Proof of the declared delay: random schedules of a whole deployment, judged by an oracle.

- :mod:`tests.delay.drawn` is what a schedule's settings are drawn from, and what they declare;
- :mod:`tests.delay.steps` names all that can happen, :mod:`tests.delay.generator` draws it, with
  :mod:`tests.delay.chases` and :mod:`tests.delay.order_chases` in it;
- :mod:`tests.delay.world` lets it happen: :mod:`tests.delay.cognito`, :mod:`tests.delay.provider`,
  each on its own clock, sandboxes with the real authorizer (:mod:`tests.delay.sandbox`), a
  gateway's cache, and the other Lambdas (:mod:`tests.delay.functions`,
  :mod:`tests.delay.endpoints`);
- the ways to end a session: at Cognito (:mod:`tests.delay.ways`), at the provider
  (:mod:`tests.delay.provider_steps`), by an operator (:mod:`tests.delay.marks`), by the sign-out
  endpoint (:mod:`tests.delay.sign_outs`), by messages (:mod:`tests.delay.pushes`);
- :mod:`tests.delay.oracle` says from the history alone what a request may be answered, with
  :mod:`tests.delay.history` and :mod:`tests.delay.places`;
- :mod:`tests.delay.run` plays schedules and prints the one that fails, as short as it gets;
  ``python -m tests.delay.replay SEED`` plays it again;
- :mod:`tests.delay.defects` and :mod:`tests.delay.order_defects` are planted to see that the proof
  can fail.
"""
