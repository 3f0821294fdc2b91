"""Looks at a live deployment and its pool, and says what is wrong, why, and how to mend it.

1. :mod:`ops.doctor.site` reads descriptions of what there is, each when it is first asked for.
2. The checks look at them: of the pool's clients (:mod:`ops.doctor.client_checks`), of its trigger
   (:mod:`ops.doctor.trigger_checks`) and sessions (:mod:`ops.doctor.pool_checks`), of the
   settings (:mod:`ops.doctor.setting_checks`), of APIs (:mod:`ops.doctor.route_checks`) and their
   stages (:mod:`ops.doctor.stage_checks`), of functions and logs
   (:mod:`ops.doctor.function_checks`, :mod:`ops.doctor.log_checks`), of the ledger
   (:mod:`ops.doctor.ledger_checks`), and of what watches all that
   (:mod:`ops.doctor.watch_checks`, :mod:`ops.doctor.quota_checks`).
3. :mod:`ops.doctor.examine` makes every check and sums up. A check has three outcomes: fine, found,
   and not known; what is not known never counts as fine.

Nothing is changed, and no user is looked at.
"""
