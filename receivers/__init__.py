"""Sign-outs that others push: three routes, one Lambda behind each, all ending in ledger marks.

- **Back-channel logout** of OpenID providers: :mod:`receivers.backchannel_logout`.
- **Shared signals**, pushed security event tokens: :mod:`receivers.security_events`.
- **Global token revocation**, Okta's Universal Logout: :mod:`receivers.global_revocation`.

One request passes these stages, in this order:

1. :mod:`proxy_integration` reads the event; the route's module finds the token in it.
2. :mod:`receivers.verification` holds the token to what its transmitter is stated to sign
   (:mod:`receivers.transmitters`); :mod:`receivers.lifetimes` holds it to the clock.
3. The route's module reads the claims; :mod:`receivers.subjects` says who is meant, and
   :mod:`receivers.stream_secret` whether the stream's own secret came along. A revocation is begun
   before its subject is read, which no signature covers.
4. :mod:`receivers.ending` marks the ledger, signs out at Cognito (:mod:`receivers.cognito`), and
   remembers the message (:mod:`ledger.replay`).
5. The route's module renders its specification's answer.

:mod:`receivers.flow` calls them in that order. Nothing but the transmitters' key sets is asked for
before a signature holds. :mod:`receivers.handlers` has the entry points, :mod:`receivers.wiring`
builds them once from :mod:`receivers.settings`; :mod:`receivers.report` and
:mod:`receivers.telemetry` report.
"""
