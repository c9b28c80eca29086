"""The frames of third-party blocks: their own address, their own policy, and nothing else relaxed for them."""

import json

import pytest

from platform_core.api import sandbox_frame

MANIFEST = {"id": "ring", "version": "1.2.0", "runtime": {"isolation": "iframe", "entry": "block.js"}}
FRAME = "/sandbox/ring/1.2.0/frame.html"


@pytest.fixture
def site(bench):
    web = bench.web
    (web / "index.html").write_text("<!doctype html><html><head></head><body></body></html>")
    (web / "components" / "ring.json").write_text(json.dumps(MANIFEST))
    own = {**MANIFEST, "id": "ours", "runtime": {"isolation": "host", "entry": "View.tsx"}}
    (web / "components" / "ours.json").write_text(json.dumps(own))
    for block in ("ring", "ours"):
        folder = web / "sandbox_blocks" / block / "1.2.0"
        folder.mkdir(parents=True)
        (folder / "block.js").write_text("interlock.block({});")
        (folder / "page.html").write_text("<script>alert(1)</script>")
        (folder / "look.css").write_text("body{}")
    (web / "sandbox_blocks" / "bridge.js").write_text("// bridge")
    return bench.client()


def test_a_frame_may_load_its_own_files_only_and_has_no_origin(site):
    answer = site.get(FRAME)
    assert answer.status_code == 200
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "http://localhost/sandbox/ring/1.2.0/"
    assert policy["sandbox"] == "allow-scripts"
    assert policy["frame-ancestors"] == "'self'"
    assert policy["form-action"] == policy["base-uri"] == "'none'"
    assert not {"connect-src", "img-src", "font-src", "frame-src", "worker-src", "media-src"} & set(policy)
    assert "unsafe-eval" not in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "camera=()" in answer.headers["permissions-policy"]


def test_scripts_begin_by_taking_webrtc_away(site):
    for name in ("block.js", "bridge.js"):
        answer = site.get(f"/sandbox/ring/1.2.0/{name}")
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.text.startswith("for (const name of Object.getOwnPropertyNames(globalThis)) if (/RTC|")
        assert answer.headers["content-security-policy"] == ("default-src 'none'; frame-ancestors 'none'; sandbox"), (
            "a script opened as a page may do nothing"
        )


def test_nothing_else_is_relaxed(site):
    page = site.get("/")
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    api = site.get("/api/v1/tags")
    assert api.headers["x-frame-options"] == "DENY"
    assert api.headers["cross-origin-resource-policy"] == "same-origin"
    assert "sandbox" in api.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/sandbox/ring/1.2.1/frame.html",
        "/sandbox/ring/1.2/frame.html",
        "/sandbox/ours/1.2.0/frame.html",
        "/sandbox/ours/1.2.0/block.js",
        "/sandbox/value/1.2.0/frame.html",
        "/sandbox/nobody/1.2.0/frame.html",
        "/sandbox/ring/1.2.0/page.html",
        "/sandbox/ring/1.2.0/missing.js",
        "/sandbox/ring/1.2.0/%2e%2e/block.js",
        "/sandbox/ring/1.2.0/a/block.js",
        "/sandbox/RING/1.2.0/frame.html",
        "/sandbox/",
        "/sandbox_blocks/ring/1.2.0/block.js",
        "/sandbox_blocks/ring/1.2.0/page.html",
    ],
)
def test_other_addresses_hold_nothing(site, path):
    answer = site.get(path)
    assert answer.status_code == 404, path
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


def test_a_strange_host_cannot_write_into_the_policy():
    told = sandbox_frame.headers_of(FRAME, "a; script-src *", is_page=True, is_tls=False)
    assert "script-src" not in told["Content-Security-Policy"]
    told = sandbox_frame.headers_of(FRAME, "plant.local:8443", is_page=True, is_tls=True)
    assert "script-src https://plant.local:8443/sandbox/ring/1.2.0/;" in told["Content-Security-Policy"]


def test_a_frame_without_origin_gets_its_files_and_nothing_else(site):
    stranger = {"Origin": "null", "Sec-Fetch-Site": "cross-site"}
    assert site.get("/sandbox/ring/1.2.0/block.js", headers=stranger).status_code == 200
    assert site.post("/sandbox/ring/1.2.0/block.js", headers=stranger).status_code in (403, 405)
    assert site.get("/sandbox/ring/1.2.0/block.js", headers={"Origin": "http://evil.example"}).status_code == 403
    for path in ("/", "/api/v1/tags", "/sandbox_blocks/ring/1.2.0/block.js"):
        assert site.get(path, headers=stranger).status_code == 403, path
