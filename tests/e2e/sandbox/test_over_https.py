"""Blocks of other makers on a page that comes by HTTPS, or by plain HTTP, from a name that is not this machine's.

On the machine itself a browser trusts plain HTTP as it trusts HTTPS; from elsewhere only HTTPS has `Document-Isolation-
Policy` heeded. The certificate is self-signed and accepted for this browser alone.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.conftest import FLAGS, browser_path
from tests.e2e.sandbox.conftest import GOOD, Evil, Site
from tests.e2e.sandbox.test_breaking_out import hostile, still_alive
from tests.support.processes import Processes, free_port

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

HOST = "line.example"
#: Draws, so that its neighbour is there as well when it begins to loop at a press.
LOOPS = """
interlock.block({ mount(root) {
  const button = document.createElement("button");
  button.textContent = "loop";
  button.addEventListener("click", () => setTimeout(() => { for (;;) {} }));
  root.append(button);
} });
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that finds the name on this machine, and takes its certificate."""
    flags = [*FLAGS, f"--host-resolver-rules=MAP {HOST} 127.0.0.1", "--ignore-certificate-errors"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=flags)
        yield chromium
        chromium.close()


def self_signed(folder: Path) -> tuple[Path, Path]:
    """Files of a certificate for the name, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
    names = x509.SubjectAlternativeName([x509.DNSName(HOST)])
    made = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    certificate, key_file = folder / "page.pem", folder / "page.key"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, key_file


@pytest.fixture(params=["https", "http"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def site(web: Path, tmp_path: Path, processes: Processes, browser: Browser, scheme: str) -> Iterator[Site]:
    port = free_port()
    options: list[str | Path] = ["--data", tmp_path / "data", "--listen", f"127.0.0.1:{port}", "--public-host", HOST]
    if scheme == "https":
        certificate, key = self_signed(tmp_path)
        options += ["--tls-certificate", certificate, "--tls-key", key]
    options += ["--broker", "mqtt://127.0.0.1:1", "--web", web, "--no-built-in-apps"]
    processes.module("platform_core", "serve", *options).wait_port(port, 60)
    served = Site(web, f"{scheme}://{HOST}:{port}", browser)
    served.put("good", GOOD)
    yield served
    served.context.close()


def looped(site: Site) -> Page:
    """The page after one of its two frames was ended for looping."""
    site.put("hostile", LOOPS)
    page = site.open("hostile", "good")
    still_alive(page)
    # A press that is not waited for: the frame does not come back from it.
    page.frame_locator("#hostile iframe").get_by_role("button").click(no_wait_after=True)
    expect(page.locator("#hostile [data-state=silent]")).to_be_visible(timeout=15_000)
    return page


@pytest.mark.parametrize("scheme", ["https"], indirect=True)
def test_a_loop_stops_its_own_frame_alone(site: Site) -> None:
    page = looped(site)
    assert page.evaluate("isSecureContext")
    expect(page.locator("#good [role=alert]")).to_have_count(0)
    still_alive(page)


@pytest.mark.parametrize("scheme", ["http"], indirect=True)
def test_by_plain_http_the_page_goes_on_and_the_frames_come_back(site: Site) -> None:
    """Control, and what the documents say of it: the frames share a process, and its loop ends both."""
    page = looped(site)
    assert not page.evaluate("isSecureContext")
    expect(page.locator("#good [data-state=silent]")).to_be_visible(timeout=15_000)
    page.locator("#good").get_by_role("button", name="Start it again").click()
    still_alive(page)


@pytest.mark.parametrize("scheme", ["https"], indirect=True)
def test_the_walls_hold(site: Site, evil: Evil, told: Callable[[Page], dict[str, str]]) -> None:
    """That the attacks succeed without walls is shown by the same ones in the tests on the machine's own address."""
    site.put("hostile", hostile(evil, "{ ...READ, ...SEND }"))
    page = site.open("hostile", "good")
    results = told(page)
    assert {"cookie", "local_storage", "parent_dom", "page_objects", "fetch", "webrtc"} <= set(results)
    assert all(results[name].startswith("refused") for name in ("cookie", "local_storage", "parent_dom", "webrtc"))
    assert "secret=of-the-page" in page.evaluate("document.cookie")
    still_alive(page)
    assert evil.hits == [], results
    assert evil.datagrams == 0
