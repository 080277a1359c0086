"""Atom feeds of what becomes public: one for each group, task and point. They always exist, if need be empty."""

from datetime import datetime
from itertools import islice

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape, linebreaks
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commons.read_model import kept
from commons.text import writable
from plans.models import Plan, Task
from plans.selectors import plan_of
from plans.stamps import public_page
from stakeholders.models import Followed, Opinion, StakeholderGroup
from stakeholders.selectors.events import events_of

ENTRIES = 50  # the newest; older ones stand on the pages


def followed_or_404(plan: Plan, *, group_slug="", year=0, number=0, area_number=0, code="") -> Followed:
    """What an address means that stands under the page of a task, a point or a group. Nothing before it is public."""
    if code:
        tasks = Task.objects.of_plan(plan).select_related("target__goal__area__plan")
        return Followed(get_object_or_404(tasks, target__goal__area__number=area_number, code=code))
    if number:
        points = Opinion.objects.published(plan).select_related("paper__group__plan", "paper__deliberation")
        where = {"paper__group__slug": group_slug, "paper__deliberation__year": year, "number": number}
        return Followed(get_object_or_404(points, **where))
    return Followed(get_object_or_404(StakeholderGroup.objects.select_related("plan"), plan=plan, slug=group_slug))


class Feed(Atom1Feed):
    """An Atom feed that is the same each time it is asked for; while it is empty, it is of the day *since*."""

    def latest_post_date(self):
        return super().latest_post_date() if self.items else self.feed["since"]


@require_safe
@public_page
def feed(request, slug, **where):
    plan = plan_of(slug)
    followed = followed_or_404(plan, **where)
    atom = Feed(
        title=writable(f"{followed.name} – {plan.title}"),
        link=request.build_absolute_uri(followed.page_path),
        description=None,
        subtitle=_("질의, 답변, 약속과 그 이행이 공개되면 여기에 실립니다."),
        language="ko",
        author_name=writable(plan.municipality),
        feed_url=request.build_absolute_uri(),
        since=datetime(plan.start_year, 1, 1, tzinfo=timezone.get_default_timezone()),
    )
    told = (event.told_of(followed.holds) for event in kept(("events", plan.pk), lambda: events_of(plan)))
    for event in islice(filter(None, told), ENTRIES):
        atom.add_item(
            title=writable(event.title),
            link=request.build_absolute_uri(event.path),
            description=linebreaks(escape(writable(event.text))),
            unique_id=event.tag,
            pubdate=event.at,
            updateddate=event.at,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)
