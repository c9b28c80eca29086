"""CSV and XLSX as people and their programs write them; tags that come back as they were."""

import io
import math
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from edge_agent.configuration import sheet_source
from edge_agent.spreadsheet import xlsx_file
from edge_agent.spreadsheet.csv_file import read_csv, write_csv
from edge_agent.spreadsheet.tag_rows import build_tag, parse_rows, rows_of
from edge_agent.spreadsheet.xlsx_file import read_xlsx, write_xlsx
from schemas.errors import ConfigError
from schemas.models.tag import TagConfig, WriteRule

#: NUL is in no text file: such a file is refused whole.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
NAME = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/+#" + "".join(map(chr, range(32)))),
    min_size=1,
    max_size=20,
)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
EXTRA = st.fixed_dictionaries(
    {"name": NAME, "address": TEXT.filter(lambda text: text != "")},
    optional={
        "type": st.sampled_from(["bool", "int16", "uint32", "int64", "float32", "float64"]),
        "order": st.sampled_from(["ABCD", "CDAB"]), "bit": st.integers(0, 15),
        "scale": NUMBER.filter(bool), "offset": NUMBER, "sentinels": st.lists(NUMBER, max_size=4),
        "unit": TEXT, "decimals": st.integers(0, 10), "description": TEXT,
        "texts": st.dictionaries(TEXT, TEXT, max_size=3), "colors": st.dictionaries(TEXT, TEXT, max_size=2),
        "texts_i18n": st.dictionaries(st.just("zh-CN"), st.dictionaries(TEXT, TEXT, max_size=2), max_size=1),
        "scan_ms": st.integers(20, 86_400_000), "deadband": NUMBER.map(abs), "was": NAME,
        "asset": st.just("press_1"), "asset_name": TEXT.filter(bool), "role": st.just("state"),
        "span": st.tuples(NUMBER, NUMBER).map(sorted).filter(lambda pair: pair[0] < pair[1]),
        "limits": st.fixed_dictionaries({}, optional={"lo": st.floats(-9, 0), "hi": st.floats(1, 9)}),
        "write": st.floats(-9, 9).map(lambda low: WriteRule(min=low).model_dump(mode="json", exclude_defaults=True)),
    },
)  # fmt: skip


def tag_or_none(settings_):
    try:
        return TagConfig.model_validate(settings_)
    except ValidationError:
        return None


TAGS = st.lists(EXTRA.map(tag_or_none).filter(lambda tag: tag is not None), min_size=1, max_size=5)


@pytest.mark.parametrize(("write", "read"), [(write_csv, read_csv), (write_xlsx, read_xlsx)], ids=["csv", "xlsx"])
@settings(max_examples=300, deadline=None)
@given(tags=TAGS)
def test_what_is_written_is_read_again(write, read, tags):
    parsed = parse_rows(read(write(rows_of(("c", tag) for tag in tags))))
    assert parsed.problems == []
    assert [build_tag(row) for row in parsed.rows] == [(tag, []) for tag in tags]
    assert {row.connection for row in parsed.rows} == {"c"}


@settings(max_examples=200, deadline=None)
@given(tags=TAGS)
def test_no_text_is_a_formula_to_a_spreadsheet(tags):
    for row in read_csv(write_csv(rows_of(("c", tag) for tag in tags))).rows:
        assert not [cell for cell in row[1] if cell[:1] in ("=", "+", "@", "\t", "\r")]


def one(data, **given_):
    parsed = parse_rows(read_csv(data, **given_))
    assert parsed.problems == [], parsed.problems
    tag, problems = build_tag(parsed.rows[0])
    assert problems == []
    return tag


GERMAN = "name;address;scale;unit;description\nÖl;holding:1;0,5;°C;für Größe\n"
CHINESE = "名称,地址,数据类型,系数,单位,描述\n温度,40001,INT16,0.1,℃,三号机台的冷却水温度\n"


@pytest.mark.parametrize(
    ("data", "name", "scale", "unit"),
    [
        (GERMAN.encode("utf-8-sig"), "Öl", 0.5, "°C"),
        (GERMAN.encode("cp1252"), "Öl", 0.5, "°C"),
        (GERMAN.encode("utf-16"), "Öl", 0.5, "°C"),
        (("sep=;\r\n" + GERMAN).encode(), "Öl", 0.5, "°C"),
        (GERMAN.replace(";", "\t").encode("utf-16-le").join([b"\xff\xfe", b""]), "Öl", 0.5, "°C"),
        (CHINESE.encode("gb18030"), "温度", 0.1, "℃"),
        (CHINESE.encode("utf-8-sig"), "温度", 0.1, "℃"),
        (CHINESE.replace(",", ";").encode("gbk"), "温度", 0.1, "℃"),
    ],
)
def test_the_habits_of_spreadsheets(data, name, scale, unit):
    tag = one(data)
    assert (tag.name, tag.scale, tag.unit) == (name, scale, unit)


def test_an_old_character_set_is_told_and_can_be_given():
    assert "read as gb18030" in read_csv(CHINESE.encode("gb18030")).notes[0]
    assert "read as cp1252" in read_csv(GERMAN.encode("cp1252")).notes[0]
    assert one("name,address\nÉté,holding:1\n".encode("cp850"), encoding="cp850").name == "Été"
    with pytest.raises(ConfigError, match="no known character set"):
        read_csv(b"name", encoding="klingon")
    with pytest.raises(ConfigError, match="no known character set"):
        read_csv(b"name", encoding="zlib")


def test_leading_zeros_stay():
    assert one(b"name,address\n007,40001\n").name == "007"


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("x;holding:1;1.500;", "scale", "may mean two numbers"),
        ("x;holding:1;1.500,5;", "scale", "separators of thousands"),
        ("x;holding:1;1e999;", "scale", "is too large"),
        ("x;holding:1;01.02.2024;", "scale", "made a date"),
        ("x;01-02-2024;;", "address", "looks like a date"),
        ("4,00E+15;holding:1;;", "name", "shortened a number"),
        ("x;=A1;;", "address", "is a formula"),
        ("x;holding:1;;1=a;;;", "column 6", "without a heading"),
        ("x;holding:1;;a", "texts", "not written as value=text"),
        ("x;holding:1;;1=a; 1=b", "column 5", "without a heading"),
    ],
)
def test_what_may_mean_two_things_is_refused(line, column, reason):
    line = line if line.count(";") != 6 else line.replace(";;;", ";;x")
    parsed = parse_rows(read_csv(f"name;address;scale;texts\ny;holding:2;0,5;\n{line}\n".encode()))
    assert [(p.row, p.column) for p in parsed.problems] == [(3, column)], parsed.problems
    assert reason in parsed.problems[0].message


def test_headings_are_forgiven_and_unknown_ones_are_not():
    assert one(b"Tag Name*;Data Type;REGISTER;#note\nx;FLOAT64;40001;mine\n").type == "float64"
    parsed = parse_rows(read_csv(b"name,adress,scael,name\n"))
    assert [p.message for p in parsed.problems] == [
        "there is no column 'adress'", "there is no column 'scael'", "the column 'name' is there twice",
    ]  # fmt: skip
    assert "Did you mean 'address'?" in parsed.problems[0].hint
    assert "'address' is missing" in parse_rows(read_csv(b"name\nx\n")).problems[0].message
    assert "empty" in parse_rows(read_csv(b"\xef\xbb\xbf\n\n")).problems[0].message


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'name,address\n"x,holding:1\n', "quotes do not match"),
        (b"name,address\nx\0y,holding:1\n", "not text"),
        (b"a," * 400, "more than 256 columns"),
        (b"x" * 40_000, "more than 32,767 characters"),
        (b"x\n" * 100_002, "more than 100,000 rows"),
        (b"\xd0\xcf\x11\xe0rest", "Excel 97"),
        (b"PK\x03\x04rest", "damaged"),
    ],
)
def test_what_is_no_sheet_is_refused_whole(data, reason):
    with pytest.raises(ConfigError, match=reason):
        sheet_source.tags_in(data)


def test_a_large_file_is_not_read(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(40 * 1024 * 1024)
    with pytest.raises(ConfigError, match="larger than 32 MiB"):
        sheet_source.read_tags(path)


# -- XLSX ----------------------------------------------------------------------------------------


def workbook(rows, *, parts=None):
    """A workbook as Excel writes it: shared texts, styles, numbers; `rows` is the XML of the rows."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    content = {
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="urn:r"><sheets><sheet name="Other" sheetId="1" '
        'r:id="rId1"/><sheet name="Tags" sheetId="2" r:id="rId2"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}"><si><t>name</t></si><si><t>address</t></si><si><r><t>sc</t></r>'
        "<r><t>ale</t></r><rPh><t>nope</t></rPh></si><si><t>x</t></si></sst>",
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm"/>'
        '<numFmt numFmtId="165" formatCode="0.0 &quot;days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/>'
        '</cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/>'
        "</cellXfs></styleSheet>",
        "xl/worksheets/sheet1.xml": "<worksheet/>",
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c>'
        f'<c r="B1" t="s"><v>1</v></c><c r="D1" t="s"><v>2</v></c></row>{rows}</sheetData></worksheet>',
        **(parts or {}),
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return out.getvalue()


def test_a_workbook_of_excel():
    cells = '<c r="A3" t="s"><v>3</v></c><c r="B3"><v>40001.0</v></c><c r="D3" s="3"><v>0.1</v></c>'
    parsed = parse_rows(read_xlsx(workbook(f'<row r="3">{cells}</row>')))
    assert parsed.problems == []
    assert parsed.rows[0].row == 3
    assert build_tag(parsed.rows[0])[0] == TagConfig(name="x", address="40001", scale=0.1)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ('<c r="B2"><f>A1&amp;"x"</f><v>40001</v></c>', "is a formula"),
        ('<c r="B2" s="1"><v>45000</v></c>', "made a date"),
        ('<c r="B2" s="2"><v>45000</v></c>', "made a date"),
        ('<c r="B2" t="e"><v>#REF!</v></c>', "shows the error #REF!"),
        ('<c r="B2"><v>1.2345678E+18</v></c>', "shortened a number"),
    ],
)
def test_cells_that_are_not_what_they_show_are_refused(cell, reason):
    parsed = parse_rows(read_xlsx(workbook(f'<row r="2"><c r="A2" t="s"><v>3</v></c>{cell}</row>')))
    assert [(p.row, p.column) for p in parsed.problems] == [(2, "address")]
    assert reason in parsed.problems[0].message


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (workbook("", parts={"xl/worksheets/sheet2.xml": BOMB}), "DOCTYPE"),
        (workbook("", parts={"xl/worksheets/sheet2.xml": "<worksheet>"}), "damaged XML"),
        (workbook('<row r="2"><c r="ZZ2"><v>1</v></c></row>'), "more than 256 columns"),
        (workbook('<row r="200000"><c r="A200000"><v>1</v></c></row>'), "more than 100,000 rows"),
        (workbook('<row r="2"><c r="A2" t="s"><v>99</v></c></row>'), "a text that is not in the file"),
        (workbook("", parts={"xl/_rels/workbook.xml.rels": "<Relationships/>"}), "no part"),
    ],
    ids=["doctype", "xml", "columns", "rows", "texts", "parts"],
)
def test_a_workbook_that_is_not_fit_is_refused(data, reason):
    with pytest.raises(ConfigError, match=reason):
        read_xlsx(data)


def test_a_small_file_may_not_unpack_to_gigabytes(monkeypatch):
    bomb = workbook("", parts={"xl/sharedStrings.xml": "<sst>" + " " * 150_000_000 + "</sst>"})
    assert len(bomb) < 200_000
    with pytest.raises(ConfigError, match="unpacked, the file has more than 128 MiB"):
        read_xlsx(bomb)
    # without the bound the same file would have been taken
    monkeypatch.setattr(xlsx_file, "UNPACKED_BYTES_MAX", 10**12)
    with pytest.raises(ConfigError, match="not in the file"):
        read_xlsx(bomb)


def test_infinite_limits_come_back():
    tag = TagConfig(name="x", address="a", limits={"hi": math.inf, "lo": -math.inf})
    parsed = parse_rows(read_csv(write_csv(rows_of([("c", tag)]))))
    assert build_tag(parsed.rows[0]) == (tag, [])
