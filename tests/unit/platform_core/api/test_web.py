"""The web app's files: exact paths only, fresh policies, caching, compression."""

import gzip
import re

import pytest

from platform_core.api.web_files import WebFiles, _listed

SECRET = "the content of a file outside"


@pytest.fixture
def site(bench):
    web = bench.web
    (web / "assets").mkdir()
    (web / "index.html").write_text("<!doctype html><html><head></head><body></body></html>")
    (web / "assets" / "index-abc.js").write_text("console.log(1);" * 200)
    (web / "assets" / "pre.css").write_text("body{}" * 400)
    (web / "assets" / "pre.css.br").write_bytes(b"made by the build")
    (web / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (web / ".hidden").write_text(SECRET)
    (bench.folder / "outside.txt").write_text(SECRET)
    (web / "link.txt").symlink_to(bench.folder / "outside.txt")
    (web / "up").symlink_to(bench.folder)
    return bench.client()


def _escapes():
    dots = ["..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "....", "..;", "%c0%ae%c0%ae", "\u2025", "%u002e%u002e"]
    slashes = ["/", "%2f", "%2F", "\\", "%5c", "%252f", "//", "/./", "%00/", "%e2%88%95"]
    for dot in dots:
        for slash in slashes:
            yield f"/assets{slash}{dot}{slash}{dot}{slash}outside.txt"
            yield f"/{dot}{slash}outside.txt"
    yield from ("/link.txt", "/up/outside.txt", "/.hidden", "/assets/../.hidden", "//etc/passwd", "/file:///etc/passwd")


def test_no_way_of_writing_a_path_leads_out(site):
    tried = list(_escapes())
    assert len(tried) >= 200
    for path in tried:
        answer = site.get("http://localhost" + path, follow_redirects=False)
        assert answer.status_code in (200, 400, 404), path
        assert SECRET not in answer.text, path
        assert "root:" not in answer.text


def test_the_negative_control_would_be_found(site, bench):
    (bench.web / "plain.txt").write_text(SECRET)
    bench.services.web = WebFiles(bench.web)
    assert SECRET in site.get("/plain.txt").text


def test_links_that_lead_out_are_not_listed(site, bench):
    assert sorted(_listed(bench.web)) == [
        "assets/index-abc.js",
        "assets/pre.css",
        "components/value.json",
        "icon.svg",
        "index.html",
    ]


def test_every_page_address_gets_the_first_page_with_a_new_nonce(site):
    nonces = set()
    for path in ("/", "/login", "/apps/line/main", "/setup"):
        answer = site.get(path)
        assert answer.status_code == 200
        (nonce,) = re.findall(r'<meta property="csp-nonce" nonce="([^"]+)">', answer.text)
        policy = answer.headers["content-security-policy"]
        assert f"script-src 'self' 'nonce-{nonce}'" in policy
        assert answer.headers["cache-control"] == "no-store"
        nonces.add(nonce)
    assert len(nonces) == 4


def test_addresses_of_the_api_never_get_a_page(site):
    for path in ("/api", "/api/", "/api/v1/nothing", "/api/v2/tags"):
        answer = site.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_hashed_files_are_kept_others_are_asked_again(site):
    assert "immutable" in site.get("/assets/index-abc.js").headers["cache-control"]
    icon = site.get("/icon.svg")
    assert icon.headers["cache-control"] == "no-cache"
    again = site.get("/icon.svg", headers={"If-None-Match": icon.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert site.get("/icon.svg", headers={"If-None-Match": '"other"'}).status_code == 200


def test_files_are_compressed_by_what_the_browser_takes(site):
    def raw(path, accept):
        with site.stream("GET", path, headers={"Accept-Encoding": accept}) as answer:
            return answer.headers.get("content-encoding"), b"".join(answer.iter_raw())

    encoding, body = raw("/assets/index-abc.js", "gzip, br")
    assert encoding == "gzip"
    assert gzip.decompress(body) == b"console.log(1);" * 200
    assert raw("/assets/pre.css", "gzip, br") == ("br", b"made by the build")
    assert raw("/assets/pre.css", "br;q=0, identity")[0] is None
    assert site.get("/assets/pre.css.br").status_code == 404


def test_a_new_build_is_noticed(site, bench, monkeypatch):
    from platform_core.api import web_files

    monkeypatch.setattr(web_files, "RECHECK_S", 0.0)
    assert site.get("/late.txt").status_code == 404
    (bench.web / "late.txt").write_text("here")
    (bench.web / "index.html").write_text("<!doctype html><head></head>new")
    assert site.get("/late.txt").text == "here"
    assert "new" in site.get("/").text


def test_without_a_built_app_it_says_so(bench):
    answer = bench.client().get("/")
    assert answer.status_code == 503
    assert "make setup" in answer.text
