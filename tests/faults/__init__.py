"""Faults of everything around the authorizer, one by one and in pairs, over real sockets.

- :mod:`tests.faults.table` is the table of expectations, and :mod:`tests.faults.fault` the rule
  for several faults at once; both are documentation, and ``test_alone`` and ``test_pairs`` hold
  the authorizer to them.
- :mod:`tests.faults.trial` is what is done with a row: a sandbox, a fault, a request, recovery.
- :mod:`tests.faults.world` is that sandbox, among :mod:`tests.faults.far_sides` on loopback whose
  moods (:mod:`tests.faults.moods`, :mod:`tests.faults.misbehaviour`) change between requests.
"""
