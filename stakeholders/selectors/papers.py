"""What a forum holds, for those who write it."""

from django.db.models import Max

from commons.text import clean_line
from stakeholders.models import Deliberation, ForumMeeting, Opinion, PositionPaper


def forum_records(deliberation: Deliberation) -> list[tuple[type, str, int | None, object]]:
    """All papers, meetings and points of a forum: (model, name of the group, number or None, record), in order."""
    papers = PositionPaper.objects.filter(deliberation=deliberation).select_related("group").order_by("group__position")
    meetings = ForumMeeting.objects.filter(paper__deliberation=deliberation).select_related("paper__group")
    points = Opinion.objects.filter(paper__deliberation=deliberation).select_related(
        "paper__group", "area", "goal", "target", "task"
    )
    order = ("paper__group__position", "number")
    return [
        *[(PositionPaper, paper.group.name, None, paper) for paper in papers],
        *[(ForumMeeting, meeting.paper.group.name, meeting.number, meeting) for meeting in meetings.order_by(*order)],
        *[(Opinion, point.paper.group.name, point.number, point) for point in points.order_by(*order)],
    ]


def plain_name(text: str) -> str:
    """The name of a group as names are compared: composed form, single spaces."""
    return " ".join(clean_line(text).split())


def last_number(paper: PositionPaper) -> int:
    """The highest number of a paper's points; 0 when it has none."""
    return paper.opinions.aggregate(last=Max("number"))["last"] or 0
