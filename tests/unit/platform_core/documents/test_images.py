"""Pictures are what their bytes say; their name is their content; nothing rides along."""

import pytest

from platform_core.services.documents.images import SIZE_MAX_BYTES, check_picture, read_picture
from schemas.errors import ConfigError

from .pictures import SVG, jpeg, png, text_chunk, webp


@pytest.mark.parametrize(
    ("content", "kind", "size"),
    [(png(), "png", (2, 2)), (jpeg(), "jpg", (3, 4)), (webp(), "webp", (5, 6)), (SVG, "svg", (7, 8))],
)
def test_each_kind(content, kind, size):
    picture = read_picture(content)
    assert picture.name.endswith("." + kind)
    assert (picture.width, picture.height) == size
    assert check_picture(picture.name, picture.content) == picture
    assert read_picture(picture.content).name == picture.name


def test_what_rides_along_in_a_png_goes():
    plain = read_picture(png())
    loaded = read_picture(png(extra=text_chunk(b"<script>alert(1)</script>"), tail=b"PK\x03\x04 a zip"))
    assert loaded == plain


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "media.kind"),
        (b"GIF89a" + b"\0" * 50, "media.kind"),
        (b"%PDF-1.7", "media.kind"),
        (b"MZ\x90\0", "media.kind"),
        (b"<html><script>alert(1)</script></html>", "media.svg"),
        (png()[:40], "media.broken"),
        (png()[:60] + b"X" + png()[61:], "media.broken"),
        (png(100_000, 2), "media.size"),
        (png(8000, 8000), "media.size"),
        (png(0, 1), "media.size"),
        (b"\xff\xd8\xff\xd9", "media.broken"),
        (b"\xff\xd8\xff\xe0\x00\x02\x00\x00\x00\x00\x00", "media.broken"),
        (b"RIFF\xff\xff\xff\x00WEBPVP8X" + b"\0" * 30, "media.broken"),
        (png() + b"\0" * SIZE_MAX_BYTES, "media.size"),
    ],
)
def test_what_is_no_picture_is_refused(content, code):
    with pytest.raises(ConfigError) as caught:
        read_picture(content)
    assert caught.value.code == code


def test_a_false_name_is_refused():
    with pytest.raises(ConfigError) as caught:
        check_picture("ab" * 32 + ".png", png())
    assert caught.value.code == "media.name"
