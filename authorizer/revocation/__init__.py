"""Does the session behind a verified token still live? Three answers, never two.

*active* and *rejected* are verdicts of the issuer and are remembered, each for its own time.
*unavailable* means that nobody could say; it is never remembered and never a refusal.

- :mod:`authorizer.revocation.verdict` is what a source can answer;
- :mod:`authorizer.revocation.getuser` and :mod:`authorizer.revocation.userinfo` are the sources;
- :mod:`authorizer.revocation.memory` remembers verdicts within this sandbox;
- :mod:`authorizer.revocation.check` asks them in order and applies the outage rule.

With a session ledger (:mod:`ledger`), marks are looked at before any verdict, and verdicts are
shared by all sandboxes:

- :mod:`authorizer.revocation.ledger_check` takes the place of ``check``, which stays its fallback;
- :mod:`authorizer.revocation.row_memory` remembers the ledger's rows within this sandbox;
- :mod:`authorizer.revocation.shared_verdict` finds the verdict that one asks for and all use;
- :mod:`authorizer.revocation.enrolment` keeps a user's roster of sessions.
"""
