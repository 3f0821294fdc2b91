"""What anybody's far side may do instead of answering well: lists that all components share."""

from __future__ import annotations

import gzip

from tests.faults.far_side import Mood
from tests.faults.moods import (
    TELLTALE,
    answering,
    changing,
    changing_body,
    chunked,
    chunks,
    dribbling,
    ending_with_the_connection,
    half_closing,
    head,
    hesitating,
    resetting,
    resetting_in_mid_answer,
    saying,
    saying_json,
    silent,
    silent_in_mid_body,
)
from tests.faults.sockets import http

#: More than any component's answer may have.
_TOO_MUCH = 1_100_000
_HTML = f"<!doctype html><title>{TELLTALE}</title><h1>Welcome to the hotel</h1>".encode()

#: What goes wrong between two machines, whoever they are. These end by time-out only.
SLOW: dict[str, Mood] = {
    "keeps silent": silent,
    "falls silent in mid-body": silent_in_mid_body,
    "dribbles": dribbling,
    "keeps announcing an answer": hesitating,
    "announces more than it sends, and waits": answering(b"{}", more=10),
    "has no length and does not close": saying(head("X-Length: none") + b"{}"),
    "is mute after the head": saying(head("Content-Length: 100")),
}
#: Here it comes to an end by itself, without a whole answer.
BROKEN: dict[str, Mood] = {
    "closes without a word": saying(stays=False),
    "half-closes without a word": half_closing,
    "resets": resetting,
    "resets in mid-answer": resetting_in_mid_answer,
    "drops the last byte": changing(lambda answer: answer[:-1]),
    "announces more than it sends": saying(http(b"{}", more=10), stays=False),
    "says too much": answering(b" " * _TOO_MUCH),
    "says too much, unannounced": saying(head("Connection: close") + b" " * _TOO_MUCH, stays=False),
    "says too much in chunks": saying(
        head("Transfer-Encoding: chunked") + chunks(b" " * _TOO_MUCH, size=65_536), stays=False
    ),
    "does not speak HTTP": saying(f"SSH-2.0-{TELLTALE}\r\n\r\n".encode(), stays=False),
    "says no status": saying(f"HTTP/1.1 {TELLTALE}\r\n\r\n".encode(), stays=False),
    "sends a field without end": saying(head(f"X-Long: {TELLTALE * 4000}"), stays=False),
    "sends fields without end": saying(head(f"X-More: {TELLTALE}\r\n" * 200), stays=False),
    "chunks without a size": saying(
        head("Transfer-Encoding: chunked") + f"{TELLTALE}\r\n{{}}\r\n".encode(), stays=False
    ),
    "closes in mid-chunk": saying(head("Transfer-Encoding: chunked") + b"ff\r\n{", stays=False),
    "closes before the last chunk": chunked(end=b""),
}
#: Whole answers of HTTP's that are not the component's.
STRANGE: dict[str, Mood] = {
    "is a proxy's page with 200": answering(_HTML, fields="Content-Type: text/html\r\n"),
    "is a proxy's page with 502": answering(_HTML, "502 Bad Gateway"),
    "is a proxy that wants a password": answering(_HTML, "407 Proxy Authentication Required"),
    "answers nothing": answering(b""),
    "closes in mid-head": changing(lambda answer: answer[:20]),
    "answers null": answering(b"null"),
    "answers a list": saying_json([TELLTALE]),
    "answers a text": saying_json(TELLTALE),
    "answers another object": saying_json({"Message": TELLTALE}),
    "answers nested without end": answering(b'{"a":' * 12_000),
    "answers in no encoding": answering(b'{"\xff": "\xfe"}'),
    "compresses unasked": changing_body(gzip.compress, "Content-Encoding: gzip\r\n"),
    "cuts its JSON short": changing_body(lambda body: body[:-1]),
    "announces less than it sends": saying(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}"),
    "says 204": saying(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "says 206": answering(b'{"', "206 Partial Content", fields="Content-Range: bytes 0-1/9\r\n"),
    "says 304": saying(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "says 404": answering(_HTML, "404 Not Found"),
    "says 500": answering(_HTML, "500 Internal Server Error"),
    "says 503": answering(_HTML, "503 Service Unavailable", fields="Retry-After: 1\r\n"),
    "says 504": answering(_HTML, "504 Gateway Timeout"),
}
REDIRECTS = {
    "301": "Moved Permanently",
    "302": "Found",
    "303": "See Other",
    "307": "Temporary Redirect",
    "308": "Permanent Redirect",
}
#: Unusual, but right: nobody may be refused for it.
UNUSUAL: dict[str, Mood] = {
    "answers in chunks": chunked(),
    "chunks with extensions and trailer": chunked(
        extension=f";why={TELLTALE}".encode(), trailer=f"X-Why: {TELLTALE}\r\n".encode()
    ),
    "chunks and gives a length": chunked(fields="Content-Length: 3\r\n"),
    "ends with the connection": ending_with_the_connection,
    "closes after the answer": changing(lambda answer: answer),
    "announces an answer once": changing(
        lambda answer: b"HTTP/1.1 100 Continue\r\n\r\n" + answer, stays=True
    ),
    "says that it closes": changing(
        lambda answer: answer.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    ),
}
