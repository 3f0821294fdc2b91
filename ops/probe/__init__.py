"""Measures what AWS does not document, on a pool that it makes for it and deletes.

1. :mod:`ops.probe.place` makes a pool with a trigger (:mod:`ops.probe.trigger_function`), and
   deletes all of it whatever happens, and nothing else (:mod:`ops.probe.deletions`).
2. :mod:`ops.probe.asking` calls Cognito at a pace that spends a small part of its quotas.
3. :mod:`ops.probe.sign_ins`: does a sign-out inside the trigger end the session that is being made;
   which sources the trigger is told; does ``origin_jti`` outlive refreshes.
4. :mod:`ops.probe.revocations`: from a revocation to GetUser's refusal.
5. :mod:`ops.probe.texts`: the exact texts of refusals.
6. :mod:`ops.probe.events`: from a sign-out to EventBridge's event, if that is wanted.
7. :mod:`ops.probe.gateway`: which answers of an authorizer (:mod:`ops.probe.authorizer_function`)
   API Gateway repeats from its cache, if that is wanted.
8. :mod:`ops.probe.measuring` does them one after the other; what cannot be measured is named.
"""
