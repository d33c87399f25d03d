"""Spreadsheets as the service makes them, opened by another library."""
import datetime
import io
import json
import re
import zoneinfo

import openpyxl
from openpyxl.utils.escape import unescape

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OSLO = zoneinfo.ZoneInfo("Europe/Oslo")
ZONE = " (Europe/Oslo)"


def sheet_of(answer):
    """The only sheet of the answer."""
    book = openpyxl.load_workbook(io.BytesIO(answer.body))
    assert len(book.worksheets) == 1
    return book.active


def header_of(sheet):
    return [cell.value for cell in sheet[1]]


def columns_of(body):
    """The names in the header, instants without their zone."""
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
    return [cell.removesuffix(ZONE) for cell in next(book.active.iter_rows(max_row=1, values_only=True))]


def rows_of_sheet(answer):
    """The rows as dicts."""
    sheet, names = sheet_of(answer), columns_of(answer.body)
    return [dict(zip(names, (plain(cell) for cell in row))) for row in sheet.iter_rows(min_row=2)]


def plain(cell):
    """Its value; a formula would be one of another type."""
    assert cell.data_type in "nsbd" or cell.data_type == "inlineStr", f"{cell.coordinate}: {cell.data_type}"
    return unescape(cell.value) if isinstance(cell.value, str) else cell.value


def cell_of(name, value):
    """What a member of a JSON item becomes in a cell."""
    if value in (None, ""):
        return None
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if name.endswith("_at"):
        instant = datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", value).replace("Z", "+00:00"))
        return instant.astimezone(OSLO).replace(tzinfo=None)
    if name.endswith("_on"):
        return datetime.datetime.fromisoformat(value)
    return value


def cells_of(items):
    return [{name: cell_of(name, value) for name, value in item.items()} for item in items]
