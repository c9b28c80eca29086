"""HTTP/REST driver against a server of raw answers: each guard of the client, and what becomes of what it gets."""

import asyncio
import base64
import datetime
import ipaddress
import ssl
from contextlib import asynccontextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.registry import configure
from schemas.errors import AuthError, ConfigError, ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality

OK = b"HTTP/1.1 200 OK\r\n"


def body(text, head=OK, more=b""):
    data = text.encode()
    return head + more + b"Content-Length: %d\r\n\r\n" % len(data) + data


class RawServer:
    """Answers each path with the bytes it was given; with `(bytes, True)` it ends the connection after them."""

    def __init__(self, answers, tls=None):
        self.answers, self.tls = answers, tls
        self.asked, self.heads, self.connections = [], [], 0
        self.tasks = set()

    async def _serve(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                path = head.split(" ", 2)[1]
                self.asked.append(path)
                self.heads.append(head)
                answer = self.answers[path]
                data, ends = answer if isinstance(answer, tuple) else (answer, False)
                writer.write(data)
                await writer.drain()
                if ends:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()
        await asyncio.sleep(0.01)  # a task that never ran closes nothing
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await asyncio.sleep(0.01)


@asynccontextmanager
async def reading(answers, tls=None, **config):
    """A connected driver and its server."""
    scheme = "https" if tls else "http"
    async with RawServer(answers, tls) as server:
        base = {"base_url": f"{scheme}://127.0.0.1:{server.port}", "timeout_ms": 500}
        driver = configure("http_json", {**base, **config})
        await driver.connect()
        try:
            yield driver, server
        finally:
            await driver.close()


def tag(address, of="float64", **more):
    return TagConfig(name="v", address=address, type=of, **more)


async def rows(driver, *tags):
    """(value, quality, device time) by address."""
    plan = driver.plan(tags)
    out = {}
    for read in await driver.read(plan):
        device = read.device_ts.tolist() if read.device_ts is not None else [0] * len(read.columns.id)
        columns = read.columns
        for row in zip(columns.id.tolist(), columns.v.tolist(), columns.q.tolist(), device, strict=True):
            out[plan.tags[row[0]].address] = row[1:]
    assert len(out) == len(tags)
    return out


async def test_one_request_a_resource_over_one_connection():
    text = '{"line": {"speed": 40.5, "on": true, "parts": [7, 8]}, "a/b": {"~": 3}}'
    async with reading({"/a": body(text), "/b?x=1": body("[1]")}) as (driver, server):
        whole = [tag("/a#/line/speed"), tag("/a#/line/on", "bool"), tag("/a#/line/parts/1", "int32")]
        for _ in range(2):
            got = await rows(driver, *whole, tag("/a#/a~1b/~0"), tag("/b?x=1#/0", "uint16"))
        assert {address: one[0] for address, one in got.items()} == {
            "/a#/line/speed": 40.5,
            "/a#/line/on": True,
            "/a#/line/parts/1": 8,
            "/a#/a~1b/~0": 3.0,
            "/b?x=1#/0": 1,
        }
        assert {one[1] for one in got.values()} == {Quality.GOOD}
        assert server.asked == ["/a", "/b?x=1"] * 2
        assert server.connections == 1


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ((OK + b'Transfer-Encoding: chunked\r\n\r\n5;x=y\r\n{"v":\r\n3\r\n 4}\r\n0\r\nT: 1\r\n\r\n', False), 4.0),
        ((OK + b'\r\n{"v": 5}', True), 5.0),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + body('{"v": 6}'), 6.0),
        (body('{"v": 7}', more=b"Connection: close\r\n"), 7.0),
        ((body('{"v": 8}', b"HTTP/1.0 200 OK\r\n"), True), 8.0),
    ],
)
async def test_every_form_of_an_answer_is_read(answer, found):
    async with reading({"/a": answer}) as (driver, _):
        for _ in range(3):
            assert (await rows(driver, tag("/a#/v")))["/a#/v"][:2] == (found, Quality.GOOD)


@pytest.mark.parametrize(
    ("status", "quality"),
    [
        (b"204 No Content", Quality.WAITING),
        (b"301 Moved", Quality.DEVICE_ERROR),
        (b"403 Forbidden", Quality.ACCESS_DENIED),
        (b"404 Not Found", Quality.BAD_ADDRESS),
        (b"410 Gone", Quality.BAD_ADDRESS),
        (b"500 Broken", Quality.DEVICE_ERROR),
        (b"503 Busy", Quality.OUT_OF_SERVICE),
    ],
)
async def test_a_resource_that_fails_makes_its_own_tags_bad_and_no_others(status, quality):
    head = b"HTTP/1.1 " + status + b"\r\nLocation: /b\r\n"
    failed = head + b"\r\n" if status.startswith(b"204") else body('{"v": 1}', head)
    async with reading({"/a": failed, "/b": body('{"v": 2}')}) as (driver, server):
        got = await rows(driver, tag("/a#/v"), tag("/b#/v"), tag("/b#/absent"))
        assert got["/a#/v"][:2] == (0, quality)
        assert got["/b#/v"][:2] == (2.0, Quality.GOOD)
        assert got["/b#/absent"][1] == Quality.BAD_ADDRESS
        assert server.asked == ["/a", "/b"]  # no redirect was followed


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: 1e3\r\n\r\n",
        OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}??",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"T: 1\r\n" * 101 + b"\r\n",
        OK + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        (OK + b"Content-Length: 9\r\n\r\n{}", True),
        (b"", True),
        OK + b"Content-Length: 9\r\n\r\n{}",  # and nothing more
    ],
)
async def test_an_answer_that_is_none_ends_the_connection_so_that_no_later_one_is_mistaken(answer):
    async with reading({"/a": answer, "/b": body('{"v": 2}')}) as (driver, _):
        with pytest.raises(ConnectError):
            await rows(driver, tag("/a#/v"))
        with pytest.raises(ConnectError):
            await rows(driver, tag("/b#/v"))  # closed until it is connected anew
        await driver.connect()
        assert (await rows(driver, tag("/b#/v")))["/b#/v"][0] == 2.0


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "", "nonsense"])
async def test_what_is_not_json_is_an_error_of_the_device(text):
    async with reading({"/a": body(text)}) as (driver, _):
        assert (await rows(driver, tag("/a#/v")))["/a#/v"][:2] == (0, Quality.DEVICE_ERROR)


async def test_an_answer_beyond_the_limit_is_not_read():
    large, chunk = body('{"v": "' + "x" * 2000 + '"}'), b"400\r\n" + b"x" * 1024 + b"\r\n"
    chunked = OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 2
    endless = (OK + b"\r\n" + b"x" * 3000, True)
    answers = {"/a": large, "/b": chunked, "/c": endless, "/d": body('{"v": 1}')}
    async with reading(answers, answer_size_max_kb=1) as (driver, _):
        got = await rows(driver, *(tag(f"/{name}#/v") for name in "abcd"))
        assert [one[1] for one in got.values()] == [Quality.OVERFLOW] * 3 + [Quality.GOOD]


@pytest.mark.parametrize(
    ("given", "of", "quality"),
    [
        ("70000", "uint16", Quality.OVERFLOW),
        ("1e400", "float64", Quality.GOOD),
        ("1e39", "float32", Quality.OVERFLOW),
        ("1.5", "int16", Quality.TYPE_MISMATCH),
        ('"12"', "int16", Quality.TYPE_MISMATCH),
        ("true", "int16", Quality.TYPE_MISMATCH),
        ("2", "bool", Quality.TYPE_MISMATCH),
        ("null", "int16", Quality.BAD),
        ("[1]", "float64", Quality.TYPE_MISMATCH),
    ],
)
async def test_no_value_is_guessed_at(given, of, quality):
    async with reading({"/a": body('{"v": ' + given + "}")}) as (driver, _):
        got = (await rows(driver, tag("/a#/v", of)))["/a#/v"]
        assert got[1] == quality
        if quality >= BAD_FROM:
            assert not got[0]


@pytest.mark.parametrize(
    ("form", "given", "time_us"),
    [
        ("iso8601", '"2026-01-02T03:04:05.5+08:00"', 1_767_294_245_500_000),
        ("iso8601", '"2026-01-02T03:04:05"', 0),
        ("unix_s", "1767294245.5", 1_767_294_245_500_000),
        ("unix_ms", "1767294245500", 1_767_294_245_500_000),
        ("unix_s", "1767294245500", 0),
        ("unix_s", '"soon"', 0),
    ],
)
async def test_the_time_of_the_device(form, given, time_us):
    answer = body('{"at": ' + given + ', "v": 1}')
    async with reading({"/a": answer}, time_pointer="/at", time_format=form) as (driver, _):
        assert (await rows(driver, tag("/a#/v")))["/a#/v"] == (1.0, Quality.GOOD, time_us)


async def test_credentials_come_from_files_and_a_refusal_is_told(tmp_path):
    (tmp_path / "password").write_text("gehéim\n", "utf-8")
    (tmp_path / "token").write_text("Bearer abc\n")
    files = {"username": "anna", "password_file": str(tmp_path / "password")}
    more = {"header_files": {"X-Token": str(tmp_path / "token")}, "headers": {"X-Line": "1"}}
    refused = body("{}", b"HTTP/1.1 401 Unauthorized\r\n")
    async with reading({"/a": body('{"v": 1}'), "/b": refused}, **files, **more) as (driver, server):
        await rows(driver, tag("/a#/v"))
        basic = base64.b64encode("anna:gehéim".encode()).decode()
        for line in (f"Authorization: Basic {basic}", "X-Token: Bearer abc", "X-Line: 1", "Host: 127.0.0.1:"):
            assert f"\r\n{line}" in server.heads[0]
        with pytest.raises(AuthError, match="refuses our credentials"):
            await rows(driver, tag("/b#/v"))
    (tmp_path / "token").write_text("two\nlines")
    with pytest.raises(ConfigError, match="one line of plain text"):
        async with reading({}, **more):
            pass
    with pytest.raises(ConfigError, match="cannot be read"):
        async with reading({}, header_files={"X-Token": str(tmp_path / "absent")}):
            pass


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "ftp://host"},
        {"base_url": "http://user:word@host"},
        {"headers": {"Host": "x"}},
        {"headers": {"A": "x\r\nB: y"}},
        {"headers": {"A b": "x"}},
        {"headers": {"A": "x"}, "header_files": {"a": "f"}},
        {"username": "anna"},
        {"username": "a", "password_file": "f", "headers": {"Authorization": "x"}},
        {"time_pointer": "at"},
    ],
)
def test_settings_that_cannot_be(wrong):
    with pytest.raises(ConfigError):
        configure("http_json", {"base_url": "http://host", **wrong})


def test_addresses_and_writing():
    driver = configure("http_json", {"base_url": "http://host"})
    wrong = ("line", "/a", "/a b#/c", "/a#b", "/a#/~2", "http://other/a#/v", "/a\r\n#/v")
    plan = driver.plan([tag(one) for one in wrong])
    assert [(problem.index, problem.quality) for problem in plan.problems] == [
        (index, Quality.BAD_ADDRESS) for index in range(len(wrong))
    ]
    with pytest.raises(WriteRejected, match="only reads"):
        asyncio.run(driver.write(tag("/a#/v"), 1.0))


def certificate(folder, name):
    """A self-signed certificate for an address or name: PEM of key and certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "interlock test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file = folder / "server.pem"
    file.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


async def test_a_certificate_is_checked_for_issuer_and_name(tmp_path):
    file, tls = certificate(tmp_path, x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    answers = {"/a": body('{"v": 1}')}
    async with reading(answers, tls, ca_file=str(file)) as (driver, _):
        assert (await rows(driver, tag("/a#/v")))["/a#/v"][0] == 1.0
    with pytest.raises(ConnectError, match="certificate is not accepted"):
        async with reading(answers, tls):
            pass
    _, other = certificate(tmp_path, x509.DNSName("elsewhere"))
    with pytest.raises(ConnectError, match="certificate is not accepted"):
        async with reading(answers, other, ca_file=str(file)):
            pass
    with pytest.raises(ConfigError, match="cannot be used"):
        async with reading(answers, other, ca_file=str(tmp_path / "absent.pem")):
            pass
