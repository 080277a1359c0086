from django.contrib import admin

from accounts.admin_base import KeeperAdmin, KeeperInline, ReadOnlyAdmin
from stakeholders.models import Deliberation, ForumMeeting, Opinion, PositionPaper, Question, Reply, StakeholderGroup


@admin.register(Deliberation)
class DeliberationAdmin(KeeperAdmin):
    list_display = ["title", "plan", "year", "is_published"]
    readonly_fields = ["is_published", "published_on"]


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


@admin.register(Opinion)
class OpinionAdmin(KeeperAdmin):
    list_display = ["paper", "number", "kind", "summary"]
    list_filter = ["paper__group", "kind", "area"]
    list_select_related = ["paper__group", "paper__deliberation"]
    search_fields = ["summary", "paper__group__name"]
    autocomplete_fields = ["paper", "area", "goal", "target", "task"]


@admin.register(Question)
class QuestionAdmin(KeeperAdmin):
    list_display = ["number", "summary", "sent_on", "due_on"]
    list_filter = ["groups", "area"]
    search_fields = ["summary"]
    autocomplete_fields = ["groups", "opinions", "area", "goal", "target", "task"]
    readonly_fields = ["sent_on", "due_on"]


@admin.register(Reply)
class ReplyAdmin(ReadOnlyAdmin):
    list_display = ["question", "department", "stance", "publication"]
    list_filter = ["publication", "stance", "department"]
    list_select_related = ["question", "department", "publication__deliberation"]
    search_fields = ["summary", "question__summary"]
