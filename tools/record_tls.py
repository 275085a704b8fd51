"""Let OpenSSL shake hands and sign, and record it: data/recorded/tls_*.csv.

    python tools/record_tls.py

Handshakes run in memory, message by message, so that their round trips can be counted. What a
key costs is what `openssl speed` measures on one core.
"""

import csv
import re
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

FOLDER = Path(__file__).parent.parent / "data" / "recorded"
MAKERS: dict[str, Callable[[], rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey]] = {
    "RSA 2048": lambda: rsa.generate_private_key(65537, 2048),
    "RSA 3072": lambda: rsa.generate_private_key(65537, 3072),
    "RSA 4096": lambda: rsa.generate_private_key(65537, 4096),
    "ECDSA P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ECDSA P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
}
AGREEMENT = "X25519"  # its time is that of one operation
SPEED = {  # names of `openssl speed`, in the order of its answer
    "rsa2048": "RSA 2048",
    "rsa3072": "RSA 3072",
    "rsa4096": "RSA 4096",
    "ecdsap256": "ECDSA P-256",
    "ecdsap384": "ECDSA P-384",
    "ecdhx25519": AGREEMENT,
}
PORT = "14433"
QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def certificate(names: list[str], key: str = "ECDSA P-256", left_days: int = 90) -> bytes:
    """Make a self-signed certificate and its key, as PEM."""
    secret = MAKERS[key]()
    itself = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{names[0]}, {key}")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(itself)
        .issuer_name(itself)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=left_days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(secret, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = secret.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + made.public_bytes(pem)


def server_context(*pems: bytes) -> ssl.SSLContext:
    """Make a server of certificates; OpenSSL chooses among those of different keys."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        for pem in pems:
            Path(file.name).write_bytes(pem)
            context.load_cert_chain(file.name)
    return context


def client_context(*trusted: bytes) -> ssl.SSLContext:
    """Make a client that trusts these certificates and no others."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for pem in trusted:
        text = pem.decode()
        context.load_verify_locations(cadata=text[text.index("-----BEGIN CERTIFICATE") :])
    return context


class Pair:
    """A client and a server that talk in memory."""

    def __init__(
        self,
        client: ssl.SSLContext,
        server: ssl.SSLContext,
        host: str,
        session: ssl.SSLSession | None = None,
    ) -> None:
        to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.client = client.wrap_bio(to_client, to_server, False, host, session)
        self.server = server.wrap_bio(to_server, to_client, True)
        self.to_client, self.to_server = to_client, to_server

    def handshake(self) -> int:
        """Shake hands; return after how many round trips the client may send its request."""
        trips = 0
        while not _done(self.client):
            _done(self.server)
            trips += 1
        _done(self.server)
        return trips

    def session(self) -> ssl.SSLSession | None:
        """Exchange a byte, so that tickets arrive, and return the client's session."""
        self.client.write(b"?")
        self.server.read()
        self.server.write(b"!")
        self.client.read()
        return self.client.session


def _done(side: ssl.SSLObject) -> bool:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


def round_trips() -> Iterator[tuple[str, str, int]]:
    """Shake hands in each way; yield version, way and round trips before the request."""
    pem = certificate(["www.example.com"])
    for version, protocol in VERSIONS.items():
        server, client = server_context(pem), client_context(pem)
        client.minimum_version = client.maximum_version = protocol
        first = Pair(client, server, "www.example.com")
        yield version, "first visit", first.handshake()
        again = Pair(client, server, "www.example.com", first.session())
        trips = again.handshake()
        assert again.client.session_reused
        yield version, "returning", trips
        server.set_ecdh_curve("secp384r1")
        yield (
            version,
            "first visit, other curve",
            Pair(client, server, "www.example.com").handshake(),
        )


def early_data() -> Iterator[tuple[str, str, int]]:
    """Resume a session with 0-RTT data; yield version, way and round trips, if it was accepted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pem, session, request = (str(folder / file) for file in ("pem", "session", "request"))
        Path(pem).write_bytes(certificate(["localhost"]))
        Path(request).write_bytes(b"?")
        serve = ["s_server", "-accept", PORT, "-cert", pem, "-key", pem, "-tls1_3", "-early_data"]
        with subprocess.Popen(["openssl", *serve], stdin=subprocess.PIPE, **QUIET) as server:
            _connect("-sess_out", session)
            said = _connect("-sess_in", session, "-early_data", request)
            server.kill()
    if "Early data was accepted" in said:
        yield "1.3", "returning, 0-RTT", 0


def _connect(*options: str) -> str:
    """Let OpenSSL's client connect; return what it says."""
    sleep(1)  # until the server listens
    client = ["openssl", "s_client", "-connect", f"127.0.0.1:{PORT}", "-tls1_3", *options]
    with subprocess.Popen(
        client, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as talk:
        sleep(1)  # until the ticket is there
        return talk.communicate("Q\n")[0]


def key_costs() -> Iterator[tuple[str, str, str]]:
    """Ask `openssl speed`; yield each key, and how long it signs and is verified, ms."""
    speed = ["openssl", "speed", "-mr", "-seconds", "2", *SPEED]
    done = subprocess.run(speed, check=True, capture_output=True, text=True)
    rows = [line.split(":")[2:] for line in done.stdout.splitlines() if re.match(r"\+F[245]", line)]
    for name, (_, *rates) in zip(SPEED.values(), rows, strict=True):
        sign, verify = (f"{1000 / float(rate):.3f}" for rate in rates)
        yield name, sign, "" if name == AGREEMENT else verify


def write(name: str, head: list[str], rows: list[tuple[object, ...]]) -> None:
    """Write a table, with the version of OpenSSL and the day."""
    system = (ssl.OPENSSL_VERSION.rsplit(" ", 3)[0], datetime.now(UTC).date())
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*head, "openssl", "recorded"])
        writer.writerows((*row, *system) for row in rows)


def main() -> None:
    """Record both tables."""
    write("tls_round_trips.csv", ["version", "way", "round_trips"], [*round_trips(), *early_data()])
    write("tls_keys.csv", ["key", "sign_ms", "verify_ms"], list(key_costs()))


if __name__ == "__main__":
    main()
