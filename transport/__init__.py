"""The one way out to the network, shared by every Lambda that asks or tells somebody something.

:mod:`transport.port` is what the others may expect of it: one request, one answer, one deadline.
:mod:`transport.https` is how that is done over real connections. :mod:`transport.aws` is AWS's JSON
protocol on top of it, signed by :mod:`transport.sigv4`; :mod:`transport.aws_answers` reads answers.
"""

from transport.port import (
    Answer,
    Deadline,
    MonotonicClock,
    Transport,
    TransportError,
    WallClock,
)

__all__ = ["Answer", "Deadline", "MonotonicClock", "Transport", "TransportError", "WallClock"]
