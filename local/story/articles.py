"""What others have written down of Cognito's revocation, and the same with the session authorizer.

A revoked access token passes wherever only the JWT is looked at: after RevokeToken
("How token revocation works in Cognito", Tamás Sallai, 2021), and after the sign-out that is to
leave one session per user (https://github.com/dyihoon90/aws-cognito-oidc).
"""

from __future__ import annotations

from collections.abc import Iterator

from local.bench import GRANTED, LAPTOP, PHONE, Deployment, OpenBench
from local.story.telling import Chapter, Step

_REVOKED_REFRESH = "Refresh Token has been revoked"


def tell(open_bench: OpenBench) -> Iterator[Step]:
    """These chapters, each step as it happens."""
    with open_bench(Deployment()) as bench:
        yield from _revoked(Chapter(bench, "A revoked token, as the article tells it"))
        yield from _single_session(Chapter(bench, "A single session, as the findings tell it"))


def _revoked(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    laptop = bench.sign_in(bench.new_user(), LAPTOP)
    yield chapter.check_plainly("sign in; the JWT alone is looked at", laptop.access, 200, GRANTED)
    yield chapter.call("the session authorizer", laptop.access, 200, GRANTED)
    bench.revoke(laptop)
    yield chapter.refresh_in_vain("revoke; the refresh token", laptop, _REVOKED_REFRESH)
    yield chapter.check_plainly("the JWT alone: still good", laptop.access, 200, GRANTED)
    yield chapter.call("the session authorizer", laptop.access, 401, "session_revoked")
    bench.advance(laptop.expires_in_seconds)
    yield chapter.check_plainly("the JWT alone, an hour later", laptop.access, 401, "token_expired")


def _single_session(chapter: Chapter) -> Iterator[Step]:
    bench = chapter.bench
    user = bench.new_user()
    laptop = bench.sign_in(user, LAPTOP)
    bench.advance(60)
    phone = bench.sign_in(user, PHONE)
    yield chapter.refresh_in_vain("the phone signs in; laptop refreshes", laptop, _REVOKED_REFRESH)
    yield chapter.check_plainly("the laptop, the JWT alone", laptop.access, 200, GRANTED)
    yield chapter.call("the session authorizer", laptop.access, 401, "signed_in_elsewhere")
    yield chapter.call("the phone", phone.access, 200, GRANTED)
    bench.sign_out_everywhere(user)
    yield chapter.check_plainly("barred for abuse; the JWT alone", phone.access, 200, GRANTED)
    yield chapter.call("the session authorizer", phone.access, 401, "session_revoked")
