"""The format of the workbook: sheets, columns, stamp, limits, and how a stored field reads in a cell.

Headings and sheet names stand here as they are, outside the translations: they belong to the format, and a file
written under one language of the site must be read under every other.
"""

import re
from dataclasses import dataclass

from commons.sheets.columns import Column, canonical
from commons.spreadsheets import canonical
from commons.values import plain_number
from indicators.choices import MissingReason, Status
from indicators.models import Indicator, ReportingRound, Result

FORMAT_VERSION = 1  # raise it when a file written before can no longer be read rightly

INPUT_SHEET = "실적 입력"
GUIDE_SHEET = "안내"
STAMP_SHEET = "_정보"
ALL_DEPARTMENTS = "*"  # on the stamp, in place of a department


KEY, VERSION, TITLE = "key", "version", "title"
KEY_TITLE, VERSION_TITLE, TITLE_TITLE = "지표키", "판번호", "이행지표"
WORDS = ["explanation", "shortfall", "next_steps", "basis"]
VALUE_FIELDS = ["value", "text", "missing_reason", "verdict"]  # one statement: they change together or not at all
INPUTS = [*VALUE_FIELDS, *WORDS]


def columns(year: int, past_years: list[int], *, with_department: bool) -> list[Column]:
    """The columns of the input sheet from left to right."""
    return [
        *([Column("department", "부서", 16)] if with_department else []),
        Column("area", "분야", 6),
        Column("code", "번호", 11),
        Column(TITLE, TITLE_TITLE, 34),
        Column("unit", "단위", 8),
        Column("direction", "방향", 13),
        *[Column(f"past_{past}", f"{past}년 실적(공표)", 13) for past in past_years],
        Column("target", f"{year}년 목표", 13),
        *input_columns(year),
        Column("state", "상태", 10),
        Column("lock", "잠긴 까닭", 30),
        Column(KEY, KEY_TITLE, 30),
        Column(VERSION, VERSION_TITLE, 8),
    ]


def input_columns(year: int) -> list[Column]:
    return [
        Column("value", f"{year}년 실적", 15, is_input=True),
        Column("text", "서술 실적", 18, is_input=True),
        Column("missing_reason", "값이 없는 사유", 16, is_input=True),
        Column("verdict", "판정", 9, is_input=True),
        Column("explanation", "성과와 설명", 44, is_input=True),
        Column("shortfall", "부진 사유", 32, is_input=True),
        Column("next_steps", "향후 계획", 32, is_input=True),
        Column("basis", "산출근거", 32, is_input=True),
    ]


def required_columns(year: int) -> list[Column]:
    """The columns without which a file cannot be read."""
    return [
        Column(TITLE, TITLE_TITLE, 0),
        *input_columns(year),
        Column(KEY, KEY_TITLE, 0),
        Column(VERSION, VERSION_TITLE, 0),
    ]


@dataclass(frozen=True)
class Key:
    """What a row is about, and by which format it was written."""

    format_version: int
    plan: str
    year: int
    area: int
    code: str

    def __str__(self):
        return f"v{self.format_version}/{self.plan}/{self.year}/{self.area}/{self.code}"

    @classmethod
    def parse(cls, text: str) -> "Key | None":
        found = re.fullmatch(r"v(\d{1,4})/([-\w]+)/(\d{4})/(\d{1,4})/([\d-]+)", text.strip())
        if not found:
            return None
        version, plan, year, area, code = found.groups()
        return cls(int(version), plan, int(year), int(area), code)


def key_of(reporting_round: ReportingRound, indicator: Indicator) -> Key:
    return Key(FORMAT_VERSION, reporting_round.plan.slug, reporting_round.year, indicator.area.number, indicator.code)


def reasons() -> dict[str, str]:
    """Code of each reason a department may choose, by its word in the file."""
    return {str(reason.label): reason.value for reason in MissingReason.for_results()}


def verdicts() -> dict[str, str]:
    """Code of each verdict a department may choose, by its word in the file."""
    return {str(status.label): status.value for status in Status.rated()}


def cell_text(name: str, value) -> str:
    """The value of the field *name* as its cell says it: numbers plainly, choices by their word."""
    if name == "value":
        return plain_number(value)
    if name == "missing_reason":
        return str(MissingReason(value).label) if value else ""
    if name == "verdict":
        return str(Status(value).label) if value else ""
    return canonical(value)


def stored_text(result: Result, name: str) -> str:
    """The stored field *name* as its cell says it."""
    return cell_text(name, getattr(result, name))


GUIDE = [
    "■ 적는 법",
    "‘실적 입력’ 시트의 흰 칸에만 적습니다. 회색 칸은 잠겨 있고, 줄 전체가 회색이면 ‘잠긴 까닭’ 열에 이유가 있습니다.",
    "실적은 단위 없이 숫자만 적습니다. 백분율도 %를 빼고 35처럼 적습니다. 수식 대신 값을 붙여 넣습니다.",
    "값이 없으면 실적을 비우고 ‘값이 없는 사유’를 목록에서 고릅니다. 값과 사유를 함께 적을 수 없습니다.",
    "목표가 서술로 된 지표는 ‘서술 실적’에 적고 ‘판정’을 목록에서 고릅니다.",
    "‘성과와 설명’, ‘부진 사유’, ‘향후 계획’, ‘산출근거’는 칸마다 2,000자까지 적습니다.",
    "칸 안에서 줄을 바꿀 때는 Alt+Enter를 누릅니다.",
    "성별·연령·장애·이주 구분 값과 증빙 파일은 이 파일에 적지 않습니다. 누리집의 실적 입력 화면에서 적어 주십시오.",
    "■ 지킬 것",
    "열 이름, ‘지표키’와 ‘판번호’ 열을 그대로 둡니다. 칸을 병합하거나 줄을 덧붙이지 않습니다.",
    "적지 않을 지표의 줄은 그대로 둡니다. 줄을 지워도 그 지표의 실적은 바뀌지 않습니다.",
    "■ 올리는 법",
    "누리집의 ‘엑셀로 입력’에서 이 파일을 올리면 바뀌는 칸을 먼저 보여 줍니다. 확인한 뒤에 반영합니다.",
    "반영한 실적은 작성중 상태로 저장됩니다. 제출은 누리집에서 합니다.",
    "내려받은 뒤에 동료가 저장한 칸을 다르게 고쳤으면 덮어쓰지 않고 두 값을 나란히 보여 줍니다.",
    "CSV로도 올릴 수 있습니다. ‘실적 입력’ 시트에서 ‘다른 이름으로 저장’으로 ‘CSV UTF-8(쉼표로 분리)’을 고릅니다.",
]
