"""Days and times as Korean offices write them: 2025. 5. 28.(수), '25. 6. 4., 오후 4시. Pure.

Also the numbers that a spreadsheet keeps for them. What may mean several days is asked about.
"""

import re
from datetime import date, datetime, time, timedelta

from commons.text import clean_line, narrow

WEEKDAYS = "월화수목금토일"
FIRST_SERIAL, LAST_SERIAL = 36526, 73050  # 2000-01-01 and 2099-12-31 as a spreadsheet counts days
_EPOCH = date(1899, 12, 30)
_MARK = r"\s*[-./년]\s*"
_DAY = re.compile(
    rf"(?P<year>(?:19|20)\d\d|['’‘`´]\s?\d\d){_MARK}(?P<month>\d{{1,2}})(?:\s*[-./월]\s*)(?P<day>\d{{1,2}})\s*[.일]?"
    rf"(?:\s*\(?\s*(?P<weekday>[{WEEKDAYS}])(?:요일)?\s*\)?)?(?:[ T]00:00(?::00)?)?"
)
_DIGITS = re.compile(r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)")
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
_NO_YEAR = re.compile(
    r"\d{1,2}\s*[./월]\s*\d{1,2}\s*[.일]?(?:\s*\(?.{1,3}\)?)?|\d\d\s*[-./년]\s*\d{1,2}\s*[-./월]\s*\d{1,2}.*"
)
_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::[0-5]\d(?:\.0+)?)?")
_HOURS = re.compile(r"(?P<hour>\d{1,2})\s*시(?:\s*(?:(?P<minute>[0-5]?\d)\s*분|(?P<half>반)|정각)?)")
_HALF_DAY = re.compile(r"^(오전|오후|am|a\.m\.|pm|p\.m\.)\s*|\s*(am|a\.m\.|pm|p\.m\.)$", re.IGNORECASE)
_EARLY = {"오전", "am", "a.m."}
_NOON = {"정오", "낮 12시"}


class NotADay(ValueError):
    """What was typed is no day or no time, or may mean several; the message says what to do."""


def read_day(typed: str, *, from_spreadsheet: bool = False) -> date | None:
    """Read a day; None for nothing. *from_spreadsheet* takes the number of a day, such as 45805, too.

    Raises NotADay, in Korean: no day of the calendar, a year that is not said, a weekday that is another day's.
    """
    text = narrow(clean_line(typed)).strip()
    if not text:
        return None
    if from_spreadsheet and _SERIAL.fullmatch(text) and FIRST_SERIAL <= int(float(text)) <= LAST_SERIAL:
        return _EPOCH + timedelta(days=int(float(text)))
    found = _DAY.fullmatch(text) or _DIGITS.fullmatch(text)
    if not found:
        if _NO_YEAR.fullmatch(text):
            raise NotADay("연도를 네 자리로 적어 주십시오. 예: 2025-05-28")
        raise NotADay("2025-05-28처럼 적어 주십시오.")
    year = found["year"] if found["year"].isdecimal() else f"20{found['year'][-2:]}"
    try:
        day = date(int(year), int(found["month"]), int(found["day"]))
    except ValueError:
        raise NotADay("달력에 없는 날짜입니다. 2025-05-28처럼 적어 주십시오.") from None
    weekday = found.groupdict().get("weekday")
    if weekday and weekday != WEEKDAYS[day.weekday()]:
        raise NotADay(f"{day.isoformat()}의 요일은 {WEEKDAYS[day.weekday()]}입니다. 날짜와 요일을 확인해 주십시오.")
    return day


def read_time(typed: str, *, from_spreadsheet: bool = False) -> time | None:
    """Read a time of the day to the minute; None for nothing. *from_spreadsheet* takes the part of a day, too.

    Raises NotADay, in Korean, also for an hour that may be one of the morning or of the afternoon.
    """
    text = narrow(clean_line(typed)).strip()
    if not text:
        return None
    if from_spreadsheet and re.fullmatch(r"0?\.\d+", text):
        return (datetime.min + timedelta(minutes=round(float(text) * 24 * 60))).time()
    if text in _NOON:
        return time(12)
    half_day = _HALF_DAY.search(text)
    bare = _HALF_DAY.sub("", text)
    found = _CLOCK.fullmatch(bare) or _HOURS.fullmatch(bare)
    if not found:
        raise NotADay("16:00처럼 적어 주십시오.")
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found.groupdict().get("half"):
        minute = 30
    if half_day:
        hour = _in_half(hour, (half_day[1] or half_day[2]).lower() in _EARLY)
    elif found.re is _HOURS and 1 <= hour <= 12:
        raise NotADay("오전인지 오후인지 알 수 없습니다. 오후 4시나 16:00처럼 적어 주십시오.")
    try:
        return time(hour, minute)
    except ValueError:
        raise NotADay("하루에 없는 시각입니다. 16:00처럼 적어 주십시오.") from None


def _in_half(hour: int, is_early: bool) -> int:
    """An hour of half a day as one of the whole: twelve begins it. One that is past noon already stays."""
    if is_early:
        return 0 if hour == 12 else hour
    return hour + 12 if hour < 12 else hour
