"""Certificates for TLS servers on this machine, made anew for each run. No key is committed."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.tokens import rsa_key

_DAY = timedelta(days=1)
#: Python 3.13 and later want of a certificate what RFC 5280 does: this, and both key identifiers.
_SIGNS_CERTIFICATES = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


class Flaw(StrEnum):
    """What is wrong with a certificate."""

    NONE = "none"
    SELF_SIGNED = "self-signed"
    OTHER_HOST = "for another host"
    EXPIRED = "expired"
    NOT_YET_VALID = "not valid yet"
    UNLISTED = "with the host's name as its common name alone"


class Authority:
    """Issues certificates for ``localhost``, most of them flawed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = _name("the tests' authority")
        self._root = (
            _unsigned(self._name, self._name, rsa_key("authority"))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_SIGNS_CERTIFICATES, critical=True)
            .sign(rsa_key("authority"), hashes.SHA256())
        )
        self.root_file = folder / "authority.pem"
        """Whom to trust; OpenSSL takes it from SSL_CERT_FILE."""
        self.root_file.write_bytes(self._root.public_bytes(serialization.Encoding.PEM))

    def client(self) -> ssl.SSLContext:
        """What a client uses that trusts this authority, and is as strict as Python's default."""
        return ssl.create_default_context(cafile=str(self.root_file))

    def server(self, flaw: Flaw = Flaw.NONE) -> ssl.SSLContext:
        """What a server uses to show a certificate with that flaw."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._certificate(flaw))
        return context

    def _certificate(self, flaw: Flaw) -> Path:
        path = self._folder / f"{flaw.name.lower()}.pem"
        subject, key = _name("localhost"), rsa_key("tls")
        is_own = flaw is Flaw.SELF_SIGNED
        builder = _unsigned(subject, subject if is_own else self._name, key, flaw)
        host = "elsewhere.example" if flaw is Flaw.OTHER_HOST else "localhost"
        if flaw is not Flaw.UNLISTED:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            builder = builder.add_extension(names, critical=False)
        signer = key if is_own else rsa_key("authority")
        by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        signed = builder.add_extension(by, critical=False).sign(signer, hashes.SHA256())
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        return path


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _unsigned(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, flaw: Flaw = Flaw.NONE
) -> x509.CertificateBuilder:
    begins, ends = datetime.now(UTC) - _DAY, datetime.now(UTC) + _DAY
    if flaw is Flaw.EXPIRED:
        begins, ends = begins - _DAY, begins
    elif flaw is Flaw.NOT_YET_VALID:
        begins, ends = ends, ends + _DAY
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
