from django.contrib import admin

from accounts.admin_base import KeeperAdmin, KeeperInline, ReadOnlyAdmin
from commons.acts import Lock
from stakeholders.models import Deliberation, ForumMeeting, Opinion, PositionPaper, Question, Reply, StakeholderGroup
from stakeholders.permissions import papers_lock, question_lock
from stakeholders.services.base import lock_deliberation, lock_question


def _papers_lock(forum: Deliberation, hold: bool) -> Lock | None:
    """Why what belongs to *forum* is closed: its papers and points stay as they were published."""
    return papers_lock(lock_deliberation(forum) if hold and forum.pk else forum)


@admin.register(Deliberation)
class DeliberationAdmin(KeeperAdmin):
    list_display = ["title", "plan", "year", "is_published"]
    readonly_fields = ["is_published", "published_on"]

    def closed_because(self, obj, *, hold=False):
        return _papers_lock(obj, hold)


@admin.register(StakeholderGroup)
class StakeholderGroupAdmin(KeeperAdmin):
    list_display = ["name", "plan", "position"]
    search_fields = ["name"]


class ForumMeetingInline(KeeperInline):
    model = ForumMeeting


@admin.register(PositionPaper)
class PositionPaperAdmin(KeeperAdmin):
    list_display = ["group", "deliberation", "dated"]
    list_select_related = ["group", "deliberation"]
    search_fields = ["group__name"]
    inlines = [ForumMeetingInline]

    def closed_because(self, obj, *, hold=False):
        return _papers_lock(obj.deliberation, hold)


@admin.register(Opinion)
class OpinionAdmin(KeeperAdmin):
    list_display = ["paper", "number", "kind", "summary"]
    list_filter = ["paper__group", "kind", "area"]
    list_select_related = ["paper__group", "paper__deliberation"]
    search_fields = ["summary", "paper__group__name"]
    autocomplete_fields = ["paper", "area", "goal", "target", "task"]

    def closed_because(self, obj, *, hold=False):
        return _papers_lock(obj.paper.deliberation, hold)


@admin.register(Question)
class QuestionAdmin(KeeperAdmin):
    list_display = ["number", "summary", "sent_on", "due_on"]
    list_filter = ["groups", "area"]
    search_fields = ["summary"]
    autocomplete_fields = ["groups", "opinions", "area", "goal", "target", "task"]
    readonly_fields = ["sent_on", "due_on"]

    def closed_because(self, obj, *, hold=False):
        if obj.pk is None:
            return None
        return question_lock(lock_question(obj) if hold else obj)


@admin.register(Reply)
class ReplyAdmin(ReadOnlyAdmin):
    list_display = ["question", "department", "stance", "publication"]
    list_filter = ["publication", "stance", "department"]
    list_select_related = ["question", "department", "publication__deliberation"]
    search_fields = ["summary", "question__summary"]
