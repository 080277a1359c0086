"""Days and times as offices write them, at the forms and in the files of papers."""

import contextlib
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.dates import WEEKDAYS, NotADay, read_day, read_time
from commons.sheets.cells import CellText
from commons.text import clean_line
from stakeholders.models import PositionPaper
from stakeholders.workbooks.parsing import typed_text

DAY = date(2025, 5, 28)


@pytest.mark.parametrize(
    "typed",
    [
        *("2025-05-28", "2025. 5. 28.", "2025. 5. 28.(수)", "2025.5.28", "2025/5/28", "20250528", "２０２５. 5. 28"),
        *("'25. 5. 28.", "’25.5.28.(수)", "2025년 5월 28일", "2025년 5월 28일(수요일)", "2025. 5. 28. 수"),
        "2025-05-28 00:00:00",
    ],
)
def test_a_day_however_it_is_written(typed):
    assert read_day(f" {typed}\u200b ") == DAY


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("5. 28.", "연도를 네 자리로"),
        ("5월 28일(수)", "연도를 네 자리로"),
        ("25. 5. 28.", "연도를 네 자리로"),
        ("2025. 5. 28.(목)", "2025-05-28의 요일은 수입니다"),
        ("2025-02-30", "달력에 없는"),
        ("2025-13-01", "달력에 없는"),
        ("0025-05-28", "처럼 적어"),
        ("45805", "처럼 적어"),
        ("작년 봄", "처럼 적어"),
        ("1" * 30, "처럼 적어"),
    ],
)
def test_a_day_that_cannot_be_told_is_asked_about(typed, message):
    with pytest.raises(NotADay, match=message):
        read_day(typed)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        *[
            ("16:00", time(16)),
            ("오후 4시", time(16)),
            ("오후 4:00", time(16)),
            ("16시", time(16)),
            ("PM 4:00", time(16)),
        ],
        *[("4:00 p.m.", time(16)), ("오후 16시", time(16)), ("오후 4시 정각", time(16)), ("오후4시30분", time(16, 30))],
        *[("오전 10시 반", time(10, 30)), ("9:05", time(9, 5)), ("오전 12시", time(0)), ("오후 12시", time(12))],
        *[("정오", time(12)), ("낮 12시", time(12)), ("16:00:00", time(16)), ("", None)],
    ],
)
def test_a_time_however_it_is_written(typed, expected):
    assert read_time(typed) == expected


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("4시", "오전인지 오후인지"),
        ("10시 30분", "오전인지"),
        ("25:00", "하루에 없는"),
        ("오후 13시 70분", "처럼"),
        ("밤", "처럼"),
    ],
)
def test_a_time_that_cannot_be_told_is_asked_about(typed, message):
    with pytest.raises(NotADay, match=message):
        read_time(typed)


def test_numbers_of_a_spreadsheet_are_read_in_files_alone():
    assert read_day("45805", from_spreadsheet=True) == read_day("45805.0", from_spreadsheet=True) == DAY
    assert read_time("0.6666666667", from_spreadsheet=True) == time(16)
    with pytest.raises(NotADay):
        read_day("300", from_spreadsheet=True)
    assert typed_text("held_on", CellText("2025. 5. 28.(수)")) == "2025-05-28"
    assert typed_text("held_at", CellText("오후 4시")) == "16:00"


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_reads_back(day):
    weekday = WEEKDAYS[day.weekday()]
    for written in (
        f"{day.year}. {day.month}. {day.day}.({weekday})",
        f"'{day:%y}. {day.month}. {day.day}.",
        f"{day.year}년 {day.month}월 {day.day}일 {weekday}요일",
        f"{day:%Y%m%d}",
    ):
        assert read_day(written) == day
    assert read_day(str((day - date(1899, 12, 30)).days), from_spreadsheet=True) == day


@given(st.text(max_size=30))
def test_any_text_is_a_day_or_explained(text):
    for reader, kind in ((read_day, date), (read_time, time)):
        with contextlib.suppress(NotADay):
            read = reader(text, from_spreadsheet=True)
            assert isinstance(read, kind) if clean_line(text).strip() else read is None


@pytest.mark.django_db
def test_forms_take_days_as_they_are_written(as_user, coordinator, forum, url_of):
    client = as_user(coordinator)
    paper = PositionPaper.objects.get(deliberation=forum)
    address = url_of("stakeholders:paper", forum.year, paper.group.slug)
    page = client.get(address)
    typed = {
        "dated": "2024. 5. 29.(수)",
        "overall": "",
        "participants": "",
        "seen": page.context["form"]["seen"].value(),
    }
    typed |= {
        "meetings-TOTAL_FORMS": "1",
        "meetings-INITIAL_FORMS": "0",
        "meetings-0-held_on": "'24. 5. 28.",
        "meetings-0-held_at": "오후 4시",
    }
    assert client.post(address, typed).status_code == 302
    paper.refresh_from_db()
    meeting = paper.meetings.get()
    assert (paper.dated, meeting.held_on, meeting.held_at) == (date(2024, 5, 29), date(2024, 5, 28), time(16))


@pytest.mark.django_db
def test_a_round_is_planned_with_days_as_they_are_written(as_user, coordinator, plan, url_of):
    typed = {"year": "2023", "opens_on": "2024년 1월 2일(화)", "due_on": "'24. 2. 28.", "instructions": ""}
    assert as_user(coordinator).post(url_of("indicators:rounds"), typed).status_code == 302
    planned = plan.rounds.get(year=2023)
    assert planned.due_on - planned.opens_on == timedelta(days=57)
