"""The classes of Wycheproof's JSON Web Signature vectors, made anew for tokens of ours.

Named as there (``json_web_signature_test.json``: comments and flags). There they stand around the
payload ``foo`` and keys of several kinds; here around a token that would be granted, so that the
one thing that is wrong is what it is refused for.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from authorizer.errors import Reason
from tests.tokens import SessionMaker, b64, public_jwk, rsa_key, sign_raw
from tests.vectors.paddings import signed_encodings

KEY = "key1"
_HEADER = b'{"alg":"RS256","kid":"key1"}'
_MALFORMED, _SIGNATURE = Reason.TOKEN_MALFORMED, Reason.SIGNATURE_INVALID


@dataclass(frozen=True, slots=True)
class Hostile:
    """A text sent as a token, and why it must be refused; None if it is good after all."""

    name: str
    text: str
    reason: Reason | None

    def __str__(self) -> str:
        return self.name


def good_claims() -> bytes:
    """Claims that are granted."""
    return json.dumps(SessionMaker().access()).encode()


def hostile_tokens() -> list[Hostile]:
    """One of each class."""
    return [*_parts(), *_algorithms(), *_spellings(), *_signatures()]


def _parts() -> list[Hostile]:
    header, payload, signature = sign_raw(_HEADER, good_claims()).split(".")
    other_payload = b64(good_claims())
    other_header = b64(b'{"alg":"RS256","kid":"key2"}')
    document = {
        "payload": payload,
        "signatures": [
            {"protected": header, "header": {"unknown": "untrusted"}, "signature": signature}
        ],
    }
    return [
        Hostile("acceptsValid", f"{header}.{payload}.{signature}", None),
        Hostile(
            "rejectsModifiedSignature", f"{header}.{payload}.{_changed(signature)}", _SIGNATURE
        ),
        Hostile("rejectsMissingSignature", f"{header}.{payload}.", _SIGNATURE),
        Hostile("rejectsMissingSignatureAndSeparator", f"{header}.{payload}", _MALFORMED),
        Hostile("rejectsModifiedPayload", f"{header}.{other_payload}.{signature}", _SIGNATURE),
        Hostile("rejectsMissingPayload", f"{header}..{signature}", _MALFORMED),
        Hostile("rejectsMissingPayloadAndSeparator", f"{header}.{signature}", _MALFORMED),
        Hostile(
            "rejectsModifiedHeader", f"{other_header}.{payload}.{signature}", Reason.KEY_UNKNOWN
        ),
        Hostile("rejectsMissingHeader", f".{payload}.{signature}", _MALFORMED),
        Hostile("rejectsMissingHeaderAndSeparator", f"{payload}.{signature}", _MALFORMED),
        Hostile("rejectsMissingHeaderAndSignature", f".{payload}.", _MALFORMED),
        Hostile("rejectsMissingHeaderSignatureAndSeparators", payload, _MALFORMED),
        Hostile("rejectsEmptyString", "", Reason.TOKEN_MISSING),
        Hostile("rejectsExtraEmptyComponent", f"{header}.{payload}.{signature}.", _MALFORMED),
        Hostile("rejectsExtraComponent", f"{header}.{payload}.{signature}.foo", _MALFORMED),
        Hostile("JsonSerialization", json.dumps(document), _MALFORMED),
        Hostile(
            "JsonSerialization flattened",
            json.dumps({"protected": header, "payload": payload, "signature": signature}),
            _MALFORMED,
        ),
    ]


def _algorithms() -> list[Hostile]:
    payload = b64(good_claims())
    public = rsa_key(KEY).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    secrets = {
        "Pem": pem,
        "PemWithoutNewline": pem.strip(),
        "Der": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "Modulus": public.public_numbers().n.to_bytes(256),
        "Nothing": b"",
    }
    not_allowed = Reason.ALGORITHM_NOT_ALLOWED
    found = [
        Hostile(f"rejectsSymmetryConfusionAttacks {name}", _hs256(payload, secret), not_allowed)
        for name, secret in secrets.items()
    ]
    for algorithm in ("none", "None", "NONE", "nOnE", "rs256", "RS256 ", ""):
        header = b64(json.dumps({"alg": algorithm, "kid": KEY}).encode())
        found.append(Hostile(f"AlgIsNone {algorithm!r}", f"{header}.{payload}.", not_allowed))
    for algorithm in ("RS384", "RS512", "PS256", "PS384", "PS512"):
        text = jwt.encode(
            json.loads(good_claims()), rsa_key(KEY), algorithm=algorithm, headers={"kid": KEY}
        )
        found.append(Hostile(f"WrongPrimitive {algorithm}", text, not_allowed))
    attacker = {**public_jwk("attacker"), "kid": KEY}
    embedded = json.dumps({"alg": "RS256", "kid": KEY, "jwk": attacker}).encode()
    found.append(
        Hostile(
            "rejectsAttackerProvidedEmbeddedJwk",
            sign_raw(embedded, good_claims(), "attacker"),
            Reason.HEADER_NOT_ALLOWED,
        )
    )
    return found


def _spellings() -> list[Hostile]:
    header, payload, signature = sign_raw(_HEADER, good_claims()).split(".")
    spaced = b'{ "alg" : "RS256",\n\t"kid" : "key1" }'
    found = [
        Hostile("ValidSpacesInJsonHeader", sign_raw(spaced, good_claims()), None),
        Hostile("rejectsSpacesInMac", f"{header}.{payload}.    {signature}", _MALFORMED),
        Hostile("invalidBase64Padding", f"{header}.{payload}.{signature}==", _MALFORMED),
        # 256 bytes leave four bits of the last character unused.
        Hostile("ModifiedUnusedBits", f"{header}.{payload}.{_unused_bit(signature)}", _MALFORMED),
    ]
    for character in (
        "?",
        "#",
        "+",
        "/",
        "=",
        "\n",
        "\0",
        "é",
        "\N{FULLWIDTH LATIN SMALL LETTER A}",
    ):
        found += [
            Hostile(
                f"InvalidCharacterIn{where} {character!r}",
                f"{text}.{signature}",
                _MALFORMED,
            )
            for where, text in {
                "Header": f"{header[:8]}{character}{header[8:]}.{payload}",
                "Payload": f"{header}.{character}{payload}",
            }.items()
        ]
        found.append(
            Hostile(
                f"InvalidCharacterInMac {character!r}",
                f"{header}.{payload}.{signature}{character}",
                _MALFORMED,
            )
        )
    # MacOfIncorrectlyEncodedMessage: the issuer's own signature over a spelling that is not right.
    for name, text in {
        "spaces": f"{header}    .{payload}",
        "padding": f"{header}.{payload}{'=' * (-len(payload) % 4) or '===='}",
        "characters": f"{header}####.{payload}",
    }.items():
        signed = jwt.get_algorithm_by_name("RS256").sign(text.encode(), rsa_key(KEY))
        found.append(
            Hostile(f"MacOfIncorrectlyEncodedMessage {name}", f"{text}.{b64(signed)}", _MALFORMED)
        )
    return found


def _signatures() -> list[Hostile]:
    signing_input, _, signature = sign_raw(_HEADER, good_claims()).rpartition(".")
    raw = RSAAlgorithm(RSAAlgorithm.SHA256).sign(signing_input.encode(), rsa_key(KEY))
    assert b64(raw) == signature
    modulus = rsa_key(KEY).public_key().public_numbers().n
    beyond = int.from_bytes(raw) + modulus
    pss = rsa_key(KEY).sign(
        signing_input.encode(), padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()
    )
    changed = {
        "SignatureTooLong": b"\0" + raw,
        "TrailingZeros": raw + b"\0",
        "SignatureTooShort": raw[:-1],
        "IntegerOverflow": beyond.to_bytes(257),
        "BufferOverflow": bytes(4000) + raw,
        "IsZero": bytes(256),
        "IsOne": (1).to_bytes(256),
        "IsModulus": modulus.to_bytes(256),
        "IsModulusMinus1": (modulus - 1).to_bytes(256),
        "WrongPrimitive PSS": pss,
    }
    found = [
        Hostile(name, f"{signing_input}.{b64(data)}", _SIGNATURE) for name, data in changed.items()
    ]
    for name, data in signed_encodings(signing_input.encode(), KEY).items():
        reason = None if name == "Correct" else _SIGNATURE
        found.append(Hostile(f"ModifiedPadding {name}", f"{signing_input}.{b64(data)}", reason))
    return found


def _hs256(payload: str, secret: bytes) -> str:
    signing_input = f"{b64(json.dumps({'alg': 'HS256', 'kid': KEY}).encode())}.{payload}"
    mac = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
    return f"{signing_input}.{b64(mac)}"


def _changed(signature: str) -> str:
    return ("X" if signature[0] != "X" else "Y") + signature[1:]


def _unused_bit(signature: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return signature[:-1] + alphabet[alphabet.index(signature[-1]) ^ 1]
