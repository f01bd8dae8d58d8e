"""The smallest workbooks that are ones: XML by hand, so that tests can say what no program would write."""

import zipfile
from collections.abc import Mapping
from html import escape
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KEYS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def related(*targets: tuple[str, str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="{key}" Type="{KEYS}/{kind}" Target="{target}"/>' for key, kind, target in targets
    )
    return f'<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def parts(
    rows: str = "",
    *,
    shared: str | None = None,
    styles: str | None = None,
    settings: str = "",
    sheets: Mapping[str, tuple[str, str]] | None = None,
) -> dict[str, str]:
    """The parts of a workbook with `rows` on its one sheet, or with `sheets`: state and rows by name."""
    named = sheets or {"People": ("visible", rows)}
    keys = {name: f"rId{place}" for place, name in enumerate(named, 1)}
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="1" state="{state}" r:id="{keys[name]}"/>'
        for name, (state, _) in named.items()
    )
    files = {
        "_rels/.rels": related(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{KEYS}">{settings}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": related(
            *((key, "worksheet", f"worksheets/{key}.xml") for key in keys.values()),
            ("shared", "sharedStrings", "sharedStrings.xml"),
            ("styles", "styles", "/xl/styles.xml"),
        ),
    }
    for name, (_, content) in named.items():
        sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{content}</sheetData></worksheet>'
        files[f"xl/worksheets/{keys[name]}.xml"] = sheet
    if shared is not None:
        files["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{shared}</sst>'
    if styles is not None:
        files["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    return files


def write(path: Path, files: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return path


def text(value: str) -> str:
    """A cell with text of its own."""
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def row(*values: str) -> str:
    """A row of such cells."""
    return f"<row>{''.join(map(text, values))}</row>"
