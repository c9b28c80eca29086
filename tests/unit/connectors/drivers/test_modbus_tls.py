"""Modbus Security: a TLS device with certificates made here; who cannot prove itself gets no request."""

import datetime as dt
import ipaddress
import ssl
from contextlib import asynccontextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.registry import configure
from schemas.errors import AuthError, ConfigError, ConnectError

from .raw_modbus import RawDevice
from .test_modbus_tcp import tags, values

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


class Authority:
    """Signs certificates into a folder."""

    def __init__(self, folder, name):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        own = self._builder(self.name, self.key).add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        usage = {"digital_signature": False, "content_commitment": False, "key_encipherment": False}
        usage |= {"data_encipherment": False, "key_agreement": False, "key_cert_sign": True, "crl_sign": True}
        own = own.add_extension(x509.KeyUsage(**usage, encipher_only=False, decipher_only=False), True)
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(own.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject, key, end=DAY):
        identifier = x509.SubjectKeyIdentifier.from_public_key
        return (
            x509.CertificateBuilder()
            .issuer_name(self.name)
            .subject_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 2 * DAY)
            .not_valid_after(NOW + end)
            .add_extension(identifier(key.public_key()), False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False)
        )

    def sign(self, name, *, host="127.0.0.1", end=DAY):
        """Files of a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        try:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        except ValueError:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
        certificate = self._builder(subject, key, end).add_extension(names, False).sign(self.key, hashes.SHA256())
        files = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        files[1].write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        )  # fmt: skip
        return files


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "plant")


class TlsDevice(RawDevice):
    """The raw device behind TLS; with `asks_for` it wants a certificate of that authority."""

    def __init__(self, files, asks_for=None):
        super().__init__()
        self.ssl = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ssl.load_cert_chain(*files)
        if asks_for is not None:
            self.ssl.load_verify_locations(asks_for.file)
            self.ssl.verify_mode = ssl.CERT_REQUIRED


def settings(port, authority, **more):
    return {
        "host": "127.0.0.1",
        "port": port,
        "tls": True,
        "tls_ca_file": str(authority.file),
        "timeout_ms": 500,
    } | more


@asynccontextmanager
async def driver_of(device, authority, **more):
    async with device:
        driver = configure("modbus_tcp", settings(device.port, authority, **more))
        try:
            yield driver
        finally:
            await driver.close()


async def connect_and_read(driver):
    await driver.connect()
    return await values(driver, driver.plan(tags("holding:1")))


async def test_values_come_through_tls(authority):
    async with driver_of(TlsDevice(authority.sign("device")), authority) as driver:
        await driver.connect()
        plan = driver.plan(tags("holding:1", "coil:3"))
        assert await values(driver, plan) == {"holding:1": (1, 0), "coil:3": (True, 0)}


async def test_the_name_in_the_certificate_is_checked(authority):
    device = TlsDevice(authority.sign("device", host="press.plant"))
    async with driver_of(device, authority) as driver:
        with pytest.raises(AuthError, match="cannot prove") as caught:
            await driver.connect()
        assert "tls_server_name" in caught.value.hint
    async with driver_of(device, authority, tls_server_name="press.plant") as driver:
        await driver.connect()
        assert await values(driver, driver.plan(tags("holding:1"))) == {"holding:1": (1, 0)}


@pytest.mark.parametrize("kind", ["other authority", "expired", "system's authorities"])
async def test_who_cannot_prove_itself_is_refused(authority, tmp_path, kind):
    (tmp_path / "other").mkdir()
    signer = authority if kind in ("expired", "system's authorities") else Authority(tmp_path / "other", "other")
    device = TlsDevice(signer.sign("device", end=-DAY if kind == "expired" else DAY))
    more = {"tls_ca_file": None} if kind == "system's authorities" else {}
    async with driver_of(device, authority, **more) as driver:
        with pytest.raises(AuthError, match="cannot prove"):
            await driver.connect()
        with pytest.raises(ConnectError):
            await driver.read(driver.plan(tags("holding:1")))
        assert not device.requests


async def test_a_device_without_tls_gets_no_request_in_the_clear(authority):
    device = RawDevice()
    seen = []
    device._serve = lambda reader, writer: listen(reader, writer, seen)
    async with driver_of(device, authority) as driver:
        with pytest.raises(ConnectError, match="no TLS session") as caught:
            await driver.connect()
        assert "802" in caught.value.hint
    assert seen
    assert all(data[:1] == b"\x16" for data in seen), "a TLS greeting, nothing else"


async def listen(reader, writer, seen):
    """Answer the greeting as a device of plain Modbus TCP might."""
    seen.append(await reader.read(4096))
    writer.write(b"\x00\x01\x00\x00\x00\x03\x01\x83\x01")
    await writer.drain()
    writer.close()


async def test_a_device_that_asks_for_our_certificate(authority, tmp_path):
    (tmp_path / "clients").mkdir()
    clients = Authority(tmp_path / "clients", "clients")
    device = TlsDevice(authority.sign("device"), asks_for=clients)
    certificate, key = map(str, clients.sign("agent", host="agent"))
    async with driver_of(device, authority, tls_certificate_file=certificate, tls_key_file=key) as driver:
        await driver.connect()
        assert await values(driver, driver.plan(tags("holding:1"))) == {"holding:1": (1, 0)}
    device.requests.clear()
    async with driver_of(device, authority) as driver:
        # In TLS 1.3 the device says no after our side of the session is complete.
        with pytest.raises(ConnectError):
            await connect_and_read(driver)
        assert not device.requests


async def test_files_that_cannot_be_used_are_named(authority, tmp_path):
    with pytest.raises(ConnectError, match=r"tls_ca_file: .*nothing\.pem"):
        await configure("modbus_tcp", settings(1, authority, tls_ca_file=str(tmp_path / "nothing.pem"))).connect()
    certificate, key = authority.sign("agent")
    text = serialization.load_pem_private_key(key.read_bytes(), None).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")
    )
    key.write_bytes(text)
    files = {"tls_certificate_file": str(certificate), "tls_key_file": str(key)}
    with pytest.raises(ConnectError, match="tls_key_file") as caught:
        await configure("modbus_tcp", settings(1, authority, **files)).connect()
    assert "no password" in caught.value.hint


@pytest.mark.parametrize(
    "more",
    [
        {"tls_ca_file": "ca.pem"},
        {"tls": True, "tls_key_file": "key.pem"},
        {"tls": True, "framing": "rtu"},
        {"framing": "rtu", "own_link": True},
    ],
)
def test_settings_that_contradict_each_other_are_refused(more):
    with pytest.raises(ConfigError):
        configure("modbus_tcp", {"host": "10.0.0.1", **more})


def test_the_port_follows_from_tls():
    ports = [
        configure("modbus_tcp", {"host": "10.0.0.1", **more}).config.tcp_port
        for more in ({}, {"tls": True}, {"tls": True, "port": 502})
    ]
    assert ports == [502, 802, 502]
