"""Custom resources that make the hook an existing pool's Pre Token Generation trigger.

1. :mod:`pool_trigger.resources` decides: one resource only reads who holds the trigger, the other
   one attaches the hook, and puts back what was read when it is deleted.
2. :mod:`pool_trigger.pool` reads the whole pool just before it writes, writes, and reads again.
3. :mod:`pool_trigger.trigger` is the trigger among the pool's other ones.
4. :mod:`pool_trigger.translation` makes ``UpdateUserPool``'s input of a pool's description:
   whatever that operation is not given, it resets.
5. :mod:`pool_trigger.sdk` notices settings that the bundled SDK does not know and would drop.

Requests, answers and what lies between are :mod:`custom_resource`. There are two resources for the
reason given in :mod:`native_sessions`: a request may be carried out twice, and the second time
finds the first one's work.
``docs/decisions/0008-a-trigger-on-an-existing-pool.md``.
"""
