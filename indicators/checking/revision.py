"""The list for the next revision as a spreadsheet and as CSV: one row for each part of the plan, the same in both."""

from collections.abc import Iterator
from io import BytesIO

from commons.spreadsheets import BOLD, PLAIN, TOP, new_book
from commons.tables import csv_bytes
from indicators.checking.selectors.committee import RevisionEntry
from indicators.choices import GoalLink, MilestoneRating

SHEET = "개정 검토 목록"
COLUMNS: list[tuple[str, int]] = [
    ("구분", 10),
    ("분야", 6),
    ("번호", 12),
    ("이름", 44),
    ("담당부서", 18),
    *[(f"목표치 {choice.label}", 10) for choice in MilestoneRating],
    *[(f"연계 {choice.label}", 10) for choice in GoalLink],
    ("평가 사유", 50),
    ("정비 대상", 60),
    ("의견과 답변", 60),
]


def _rows(entries: list[RevisionEntry]) -> Iterator[list[str | int]]:
    """Counts as numbers, blank for what is not rated; several reasons, findings or comments on lines of one cell."""
    for entry in entries:
        rated = [*entry.tally.milestones, *entry.tally.goal_link] if entry.tally else []
        reasons = entry.tally.reasons if entry.tally else []
        yield [
            entry.kind,
            entry.subject.area,
            entry.subject.code,
            entry.title,
            ", ".join(entry.departments),
            *([count for _choice, count in rated] or [""] * (len(MilestoneRating) + len(GoalLink))),
            "\n".join(f"{member} ({verdict}): {reason}" for member, verdict, reason in reasons),
            "\n".join(_finding(row) for row in entry.findings),
            "\n".join(_comment(comment) for comment in entry.comments),
        ]


def _finding(row) -> str:
    return f"{row.label}: {row.reason}" + (f" (검토: {row.mark.reason})" if row.mark.reason else "")


def _comment(comment) -> str:
    asked = f"{comment.author_name} → {comment.department.name}: {comment.text}"
    return asked + (f"\n답변: {comment.answer}" if comment.answer else "\n답변 없음")


def revision_csv(entries: list[RevisionEntry]) -> bytes:
    return csv_bytes([title for title, _width in COLUMNS], _rows(entries))


def revision_workbook(entries: list[RevisionEntry]) -> bytes:
    """Texts are written as texts, whatever they begin with."""
    file, count = BytesIO(), 0
    with new_book(file) as book:
        sheet = book.new_sheet(SHEET)
        for position, (title, _width) in enumerate(COLUMNS):
            sheet.put_text(0, position, title, BOLD)
        sheet.set_widths(width for _title, width in COLUMNS)
        for count, row in enumerate(_rows(entries), start=1):
            for position, content in enumerate(row):
                put = sheet.put_number if isinstance(content, int) else sheet.put_text
                put(count, position, content, PLAIN | TOP)
        sheet.freeze_panes(1, 4)
        sheet.autofilter(0, 0, count, len(COLUMNS) - 1)
    return file.getvalue()
