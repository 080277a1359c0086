"""The format of the workbook of papers: sheets, columns, and how a stored field reads in a cell.

Headings and sheet names stand here as they are, outside the translations, as in `indicators.exchange.workbooks.layout`.
"""

from dataclasses import dataclass

from commons.sheets.columns import Column, canonical
from stakeholders.choices import OpinionKind
from stakeholders.models import ForumMeeting, Opinion, PositionPaper

FORMAT_VERSION = 1  # raise it when a file written before can no longer be read rightly

GUIDE_SHEET = "안내"
STAMP_SHEET = "_정보"
STAMP_HEAD = "시트"  # what the first line of the stamp's table begins with
STAMP_KIND = "입장문서"  # on the stamp, so that a round's workbook is told apart

GROUP, NUMBER = "group", "number"
MAX_TEXT = 10_000  # characters of a cell; a spreadsheet itself holds 32,767
MAX_NUMBER = 9_999


@dataclass(frozen=True)
class SheetLayout:
    """One sheet. `keys` and `fields` are names of columns; `units` are fields that are decided together."""

    name: str
    model: type
    columns: tuple[Column, ...]
    units: tuple[tuple[str, ...], ...]

    @property
    def has_number(self) -> bool:
        return any(column.name == NUMBER for column in self.columns)

    @property
    def fields(self) -> list[str]:
        return [name for unit in self.units for name in unit]

    @property
    def titles(self) -> dict[str, str]:
        return {column.name: column.title for column in self.columns}


PAPERS = SheetLayout(
    "입장문서",
    PositionPaper,
    (
        Column(GROUP, "그룹", 16),
        Column("dated", "작성일", 13),
        Column("overall", "종합의견", 70),
        Column("participants", "참여자", 30),
    ),
    (("dated",), ("overall",), ("participants",)),
)
MEETINGS = SheetLayout(
    "모임",
    ForumMeeting,
    (
        Column(GROUP, "그룹", 16),
        Column(NUMBER, "회차", 8),
        Column("held_on", "날짜", 13),
        Column("held_at", "시각", 10),
    ),
    (("held_on",), ("held_at",)),
)
POINTS = SheetLayout(
    "의견",
    Opinion,
    (
        Column(GROUP, "그룹", 16),
        Column(NUMBER, "번호", 8),
        Column("area", "분야", 8),
        Column("reference", "가리키는 것", 14),
        Column("cited_code", "적힌 번호", 14),
        Column("kind", "종류", 12),
        Column("summary", "요지", 80),
    ),
    (("area", "reference", "cited_code"), ("kind",), ("summary",)),
)
SHEETS = (PAPERS, MEETINGS, POINTS)


def kinds() -> dict[str, str]:
    """Code of each kind of point, by its word in the file."""
    return {str(kind.label): kind.value for kind in OpinionKind}


def stored_texts(sheet: SheetLayout, record) -> dict[str, str]:
    """The fields of a stored paper, meeting or point as their cells say them."""
    if sheet is PAPERS:
        return {
            "dated": record.dated.isoformat() if record.dated else "",
            "overall": canonical(record.overall).strip(),
            "participants": canonical(record.participants).strip(),
        }
    if sheet is MEETINGS:
        return {
            "held_on": record.held_on.isoformat(),
            "held_at": record.held_at.strftime("%H:%M") if record.held_at else "",
        }
    return {
        "area": str(record.area.number) if record.area_id else "",
        "reference": record.reference_code,
        "cited_code": canonical(record.cited_code).strip(),
        "kind": str(OpinionKind(record.kind).label),
        "summary": canonical(record.summary).strip(),
    }


GUIDE = [
    "■ 적는 법",
    "‘입장문서’에는 그룹마다 한 줄, ‘모임’에는 회차마다 한 줄, ‘의견’에는 의견마다 한 줄을 적습니다.",
    "그룹은 아래 이름 그대로 적습니다. 목록에 없는 이름을 적으면 새 그룹으로 보고, 올릴 때 확인을 받습니다.",
    "날짜는 2022-06-04처럼, 시각은 16:00처럼 적습니다.",
    "참여자는 Alt+Enter로 줄을 바꾸어 한 줄에 한 사람씩 적습니다. 이름은 올릴 때 ‘김○수(홍제동)’처럼 가려집니다.",
    "‘분야’에는 핵심전환분야의 번호를 적습니다.",
    "‘가리키는 것’에는 그 분야의 목표(1), 세부목표(1-1), 이행과제(1-1-2) 가운데 하나의 번호를 적습니다.",
    "계획에 없는 번호는 ‘적힌 번호’에 남기고 분야만 가리킵니다. ‘적힌 번호’는 입장문서에 적힌 그대로의 번호입니다.",
    "‘요지’는 원문을 옮기지 않고 간추려 적습니다. 적은 글은 모두 공개되므로 연락처와 주민등록번호를 적지 않습니다.",
    "■ 지킬 것",
    "시트 이름과 첫 줄의 열 이름을 그대로 둡니다. 칸을 병합하거나 수식을 넣지 않습니다.",
    "번호는 그룹마다 겹치지 않게 적습니다. 줄을 지워도 이미 등록한 내용은 지워지지 않습니다.",
    "■ 올리는 법",
    "누리집의 ‘입장문서 올리기’에서 이 파일을 올리면 바뀌는 칸을 먼저 보여 줍니다. 확인한 뒤에 반영합니다.",
    "‘의견’ 시트만 ‘CSV UTF-8(쉼표로 분리)’로 저장해 올릴 수도 있습니다.",
]
