"""One transmitter never signs out another's users, whatever it signs and whomever it names."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ledger.rows import session_name, user_name
from receivers.backchannel_logout import EVENT
from receivers.security_events import CREDENTIAL_CHANGE, SESSION_REVOKED
from receivers.transmitters import Kind
from tests.tokens import ISSUER as POOL_ISSUER
from tests.unit.receivers.bench import (
    COGNITO_SUB,
    ISSUER,
    KEYS,
    OTHER,
    TRANSMITTER,
    Bench,
)

ISSUERS = (ISSUER, OTHER)
#: Alike up to what a careless joining of names would overlook, and each other's.
NAMES = (
    "ada",
    "other#ada",
    "Okta_ada",
    "Entra_ada",
    "%23",
    ISSUER,
    f"{OTHER}#ada",
    f"#{OTHER}",
    "user#ada",
    COGNITO_SUB,
)

names = st.sampled_from(NAMES)
formats = st.fixed_dictionaries(
    {"format": st.sampled_from(("iss_sub", "opaque", "email", "complex", "x"))},
    optional={
        "iss": st.sampled_from((*ISSUERS, POOL_ISSUER, f"{ISSUER}/")),
        "sub": names,
        "id": names,
        "email": names,
    },
)
subjects = st.one_of(
    formats,
    st.fixed_dictionaries(
        {"format": st.just("complex")}, optional={"user": formats, "session": formats}
    ),
)


def _bench(kind: Kind) -> Bench:
    """The first one's users are federated as Okta's, the second one's as Entra's."""
    first: dict[str, Any] = {"cognitoUser": "provider:Okta"}
    second = {"issuer": OTHER, "cognitoUser": "provider:Entra"} | TRANSMITTER[kind]
    if kind is not Kind.BACKCHANNEL_LOGOUT:
        first["cognitoEmail"] = second["cognitoEmail"] = True
    box = Bench(kind, stated=first, others=(second,))
    for name in NAMES:
        for provider in ("Okta", "Entra"):
            box.pool.add(f"{provider}_{name}", status="EXTERNAL_PROVIDER", sub=f"{provider}-{name}")
        box.pool.add(name)
    return box


#: The claims that say who is meant, by kind; of a revocation its body does.
claims: dict[Kind, st.SearchStrategy[dict[str, Any]]] = {
    Kind.BACKCHANNEL_LOGOUT: st.fixed_dictionaries(
        {"sub": names, "sid": st.none() | names, "events": st.just({EVENT: {}})}
    ),
    Kind.SECURITY_EVENTS: st.fixed_dictionaries(
        {
            "sub_id": st.none() | subjects,
            "events": st.dictionaries(
                st.sampled_from((SESSION_REVOKED, CREDENTIAL_CHANGE)),
                st.fixed_dictionaries({"subject": subjects}),
                min_size=1,
            ),
        }
    ),
    Kind.GLOBAL_REVOCATION: st.just({}),
}


@given(data=st.data(), kind=st.sampled_from(list(Kind)), sender=st.sampled_from(ISSUERS))
def test_marks_and_sign_outs_are_the_senders_own(
    data: st.DataObject, kind: Kind, sender: str
) -> None:
    """Rows stand under the sender's name or belong to its own federated users; nobody else's do."""
    box = _bench(kind)
    changes = data.draw(claims[kind]) | {"iss": sender}
    body = {"sub_id": data.draw(subjects)}
    box.send(box.token(key=KEYS[sender], **changes), body)
    provider = "Okta" if sender == ISSUER else "Entra"
    own = {user_name(sender, name) for name in NAMES}
    own |= {session_name(sender, "", name) for name in NAMES}
    own |= {user_name(POOL_ISSUER, f"{provider}-{name}") for name in NAMES}
    assert box.marks <= own
    assert {name.partition("_")[0] for name in box.pool.signed_out} <= {provider}


@given(kind=st.sampled_from(list(Kind)), claimed=st.sampled_from(ISSUERS))
def test_one_transmitters_key_signs_for_nobody_else(kind: Kind, claimed: str) -> None:
    """Both have a key of one name: what counts is whose key it is."""
    box = _bench(kind)
    [other] = set(ISSUERS) - {claimed}
    box.send(box.token(iss=claimed, key=KEYS[other]))
    assert box.table.asked == []
    assert box.reason == "signature_invalid"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(("format", "user", "session", "iss", "sub", "id", "email", "x")),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    )
)
def test_any_subject_is_answered(subject: Any) -> None:
    """Whatever a transmitter signs is carried out, acknowledged or refused: never an error."""
    box = Bench(Kind.SECURITY_EVENTS)
    assert box.send(sub_id=subject)["statusCode"] in {202, 400}
    box = Bench(Kind.GLOBAL_REVOCATION)
    assert box.send(body={"sub_id": subject})["statusCode"] in {204, 400, 403}
    json.loads(box.log.getvalue())
