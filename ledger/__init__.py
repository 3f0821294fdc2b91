"""The session ledger: revocations written once and read by every sandbox.

1. :mod:`ledger.rows` knows the table: what each row is called and what stands in it;
   :mod:`ledger.names` works the names out for one token, once.
2. :mod:`ledger.judgement` says what the rows read mean for one token: marks before verdicts, and
   of several watermarks the maximum.
3. :mod:`ledger.roster` decides which of a user's sessions are within the limit.
4. :mod:`ledger.reader` reads, once per decision; :mod:`ledger.writer` writes marks and verdicts,
   through :mod:`ledger.updates`, in such a way that no order of events brings a revoked session
   back.
5. :mod:`ledger.replay` remembers which signed messages were carried out.
6. :mod:`ledger.dynamodb` speaks to the table without an SDK; whoever has one passes its own calls.

Every Lambda that reads or marks sessions ships this package, so one schema serves all.
"""
