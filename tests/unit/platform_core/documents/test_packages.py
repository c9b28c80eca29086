"""Packages: the same bytes for the same release, nothing changed unnoticed, and every attack refused."""

import io
import json
import random
import stat
import struct
import zipfile

import pytest

from platform_core.services import canonical_json
from platform_core.services.documents import packages, zip_reader
from platform_core.services.documents.images import read_picture
from platform_core.services.documents.packages import open_package, pack, sign
from platform_core.services.documents.signing import PrivateKey, PublicKey
from schemas.errors import ConfigError

from .made import GAUGE, app, changed
from .pictures import SVG, png

PICTURE = read_picture(png())
DRAWING = read_picture(SVG)


def with_pictures():
    files = changed(["pages/main.json", "elements", GAUGE, "props", "picture"], PICTURE.name)
    files["app.json"]["theme"] = {"logo": DRAWING.name}
    return files, {PICTURE.name: PICTURE, DRAWING.name: DRAWING}


def code_of(content):
    with pytest.raises(ConfigError) as caught:
        open_package(content)
    return caught.value.code


def entries_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    """A zip of (name, body) pairs, as an attacker would write it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in entries:
            archive.writestr(name, body)
    return out.getvalue()


def rewritten(**changes):
    """A good package with entries replaced (or added, or left out: None)."""
    entries = {**entries_of(pack(app(), {})), **changes}
    return zipped([(name, body) for name, body in entries.items() if body is not None])


def test_there_and_back():
    files, media = with_pictures()
    package = open_package(pack(files, media))
    assert package.files == files
    assert package.media == media
    assert package.signer is None
    assert package.manifest.content_hash == canonical_json.digest(canonical_json.dumps(files))


def test_the_same_release_is_the_same_bytes():
    files, media = with_pictures()
    shuffled = dict(sorted(files.items(), key=lambda _: random.random()))
    again = json.loads(json.dumps(shuffled), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert pack(files, media) == pack(again, dict(reversed(media.items())))
    with zipfile.ZipFile(io.BytesIO(pack(files, media))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "manifest.json"


def test_only_named_pictures_go_along_and_none_may_be_missing():
    assert open_package(pack(app(), {PICTURE.name: PICTURE})).media == {}
    with pytest.raises(ConfigError) as caught:
        pack(with_pictures()[0], {})
    assert caught.value.code == "package.media"


def test_signatures():
    key = PrivateKey.generate()
    signed = sign(pack(app(), {}), key)
    package = open_package(signed)
    assert package.signer == key.public
    assert package.manifest == open_package(pack(app(), {})).manifest
    assert sign(signed, key) == signed
    other = PrivateKey.parse(PrivateKey.generate().pem)
    assert open_package(sign(signed, other)).signer == other.public
    assert PublicKey.parse(key.public.text) == key.public


def test_a_signature_does_not_fit_another_package():
    key = PrivateKey.generate()
    entries = entries_of(sign(pack(app(), {}), key))
    other = entries_of(pack(changed(["app.json", "version"], "2.0.0"), {}))
    mixed = {"manifest.json": other["manifest.json"], "signature.json": entries["signature.json"], **other}
    assert code_of(zipped(mixed.items())) == "package.signature"
    forged = json.loads(entries["signature.json"])
    forged["public_key"] = PrivateKey.generate().public.text
    mixed = {**entries, "signature.json": json.dumps(forged).encode()}
    assert code_of(zipped(mixed.items())) == "package.signature"


def test_nothing_is_changed_unnoticed():
    good = entries_of(pack(*with_pictures()))
    for name in good:
        if name == "manifest.json":
            continue
        body = good[name].replace(b"1", b"2", 1) if b"1" in good[name] else good[name] + b" "
        assert code_of(zipped({**good, name: body}.items())).startswith(("package.", "media."))
        left_out = [(other, text) for other, text in good.items() if other != name]
        assert code_of(zipped(left_out)) in ("package.files", "package.manifest")
    more = {**good, "pages/more.json": b"{}"}
    assert code_of(zipped(more.items())) == "package.files"


NAMES = [
    "../pages/main.json", "pages/../../x.json", "/etc/passwd", "/app.json", "C:\\app.json", "c:/app.json",
    "pages\\main.json", "pages/Main.json", "pages/ｍain.json", "pages/ma\u200bin.json",
    "pages/main.json ", " app.json", "./app.json", "pages//main.json", "pages/", "app.json/", "APP.JSON", "app.json.",
    "media/../app.json", "media/x.svg", "media/" + "a" * 64 + ".html", "blocks/machine.01.json", "blocks/machine.json",
    "pages/con.json/x", "..%2fapp.json", "pages/" + "a" * 50 + ".json", "__proto__", "components/x/component.json",
    "pages/a.json/../b.json", "~/app.json", "\\\\host\\share", "pages/\u202ejson.niam", "file:///app.json",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_that_lead_elsewhere_are_refused(name):
    entries = list(entries_of(pack(app(), {})).items())
    with pytest.raises(ConfigError) as caught:
        open_package(zipped([*entries, (name, b"{}")]))
    assert caught.value.code in ("package.name", "package.files", "package.damaged")


def test_a_name_with_a_nul_is_refused():
    content = zipped([*entries_of(pack(app(), {})).items(), ("pages/main#.json", b"{}")])
    assert code_of(content.replace(b"pages/main#.json", b"pages/main\0.json")) in ("package.name", "package.damaged")


def test_a_name_given_twice_is_refused():
    entries = list(entries_of(pack(app(), {})).items())
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = zipped([*entries, ("app.json", b"{}")])
    assert code_of(twice) == "package.name"


def test_links_and_devices_are_refused():
    for mode in (stat.S_IFLNK | 0o777, stat.S_IFCHR | 0o600, stat.S_IFDIR | 0o755, stat.S_IFIFO | 0o600):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            info = zipfile.ZipInfo("app.json")
            info.external_attr = mode << 16
            archive.writestr(info, "/etc/passwd")
        assert code_of(out.getvalue()) == "package.link"


def test_bombs_are_refused():
    assert code_of(rewritten(**{"app.json": b"0" * (1 << 20)})) == "package.ratio"
    assert code_of(rewritten(**{"app.json": b"0" * (3 << 20)})) == "package.size"
    many = [(f"pages/p{n}.json", b"{}") for n in range(zip_reader.ENTRIES_MAX + 1)]
    assert code_of(zipped(many)) == "package.entries"
    assert code_of(b"\0" * (zip_reader.PACKAGE_MAX_BYTES + 1)) == "package.size"
    noise = random.Random(1).randbytes(1_900_000)
    large = zipped([(f"pages/p{n}.json", noise) for n in range(60)], zipfile.ZIP_STORED)
    assert code_of(large) == "package.size"


def test_a_size_that_lies_is_noticed():
    content = bytearray(rewritten(**{"app.json": b'{"a": "' + b"x" * 50_000 + b'"}'}))
    at = content.rfind(b"PK\x01\x02", 0, content.rfind(b"app.json"))
    struct.pack_into("<I", content, at + 24, 10)  # the directory says 10 bytes
    assert code_of(bytes(content)) in ("package.size", "package.damaged")


def test_broken_zips_are_refused():
    good = pack(app(), {})
    tail = b"PK\x05\x06" + b"\0" * 18
    for broken in (
        b"",
        b"PK",
        b"not a zip",
        good[:-30],
        good + b"tail",
        b"front" + good,
        tail[:-2],
        good[:50] + good[60:],
    ):
        assert code_of(broken).startswith("package.")
    flipped = random.Random(2)
    for _ in range(300):  # whatever happens, it is a refusal and never a crash
        content = bytearray(good)
        for _ in range(flipped.randint(1, 6)):
            content[flipped.randrange(len(content))] = flipped.randrange(256)
        try:
            open_package(bytes(content))
        except ConfigError:
            continue


def test_encrypted_and_odd_methods_are_refused():
    content = bytearray(pack(app(), {}))
    at = content.find(b"PK\x01\x02")
    struct.pack_into("<H", content, at + 8, 1)
    assert code_of(bytes(content)) == "package.damaged"
    bzip = zipped([("app.json", b"{}")], zipfile.ZIP_BZIP2)
    assert code_of(bzip) == "package.damaged"


DOCUMENTS = [
    b"{" * 100_000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    b"[" * 200_000 + b"]" * 200_000,
    b'{"a": 1e999999}',
    b'{"a": ' + b"9" * 100_000 + b"}",
    b'{"a": NaN}',
    b'{"a": 1, "a": 2}',
    b"\xff\xfe{}",
    b'{"a": "\\ud800"}',
    b"",
    b"[]",
    b"null",
]


@pytest.mark.parametrize("body", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_documents_that_attack_the_parser_are_refused(body):
    manifest = json.loads(entries_of(pack(app(), {}))["manifest.json"])
    manifest["files"]["app.json"] = packages.hashlib.sha256(body).hexdigest()
    code = code_of(rewritten(**{"app.json": body, "manifest.json": json.dumps(manifest).encode()}))
    assert code.startswith(("document.", "package."))


@pytest.mark.parametrize(
    "change",
    [
        {"$ref": "https://evil/schema.json"},
        {"files": {"$ref": "file:///etc/passwd"}},
        {"more": 1},
        {"format": 2},
        {"kind": "component"},
        {"id": "../x"},
        {"id": "a" * 100_000},
        {"content_hash": "x"},
        {"files": {"app.json": "(a+)+$" * 20}},
        {"media": {"x": -1}},
    ],
)
def test_manifests_that_are_not_as_they_should_be_are_refused(change):
    manifest = {**json.loads(entries_of(pack(app(), {}))["manifest.json"]), **change}
    assert code_of(rewritten(**{"manifest.json": json.dumps(manifest).encode()})).startswith("package.")


def test_a_reference_in_a_property_is_only_text():
    """Nothing resolves `$ref` of documents, and no pattern of a document is ever run."""
    attack = {"$ref": "https://evil/x.json", "pattern": "(a+)+$"}
    files = changed(["pages/main.json", "elements", GAUGE, "props", "title"], attack)
    package = open_package(pack(files, {}))
    assert package.files["pages/main.json"]["elements"][GAUGE]["props"]["title"] == attack


def test_pictures_in_packages_are_harmless_or_refused():
    files, media = with_pictures()
    entries = entries_of(pack(files, media))
    evil = DRAWING.content.replace(b"<path", b"<script>alert(1)</script><path")
    manifest = json.loads(entries["manifest.json"])
    manifest["media"][DRAWING.name] = len(evil)
    body = {**entries, f"media/{DRAWING.name}": evil, "manifest.json": json.dumps(manifest).encode()}
    assert code_of(zipped(body.items())) == "media.name"


def test_the_guards_are_what_refuses(monkeypatch):
    """With the ratio guard off the bomb would be unpacked, and fail later for another reason."""
    bomb = rewritten(**{"app.json": b"0" * (1 << 20)})
    monkeypatch.setattr(zip_reader, "RATIO_MAX", 10**9)
    assert code_of(bomb) == "package.hash"
    monkeypatch.setattr(packages, "_is_known", lambda _: True)
    entries = list(entries_of(pack(app(), {})).items())
    assert open_package(zipped([*entries, ("../x.json", b"{}")])).manifest.id == "line"


@pytest.mark.parametrize("unit", [b"[],", b"1,", b"{},", b'"",', b"[[[]]],"])
def test_documents_of_very_many_members_are_refused_before_they_are_parsed(unit, monkeypatch):
    body = b"[" + unit * (1_000_000 // len(unit)) + b"1]"
    manifest = json.loads(entries_of(pack(app(), {}))["manifest.json"])
    names = [f"pages/p{n}.json" for n in range(20)]
    manifest["files"] |= dict.fromkeys(names, packages.hashlib.sha256(body).hexdigest())
    bomb = dict.fromkeys(names, body)
    monkeypatch.setattr(zip_reader, "RATIO_MAX", 10**9)
    assert code_of(rewritten(**bomb, **{"manifest.json": json.dumps(manifest).encode()})) == "package.members"


def test_keys_that_are_none_are_refused():
    for text in ("", "x", "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----", "A" * 5000, "AAAA"):
        with pytest.raises(ConfigError):
            PublicKey.parse(text)
    with pytest.raises(ConfigError):
        PrivateKey.parse(b"no key")
