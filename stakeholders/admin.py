from django.contrib import admin

from sdgplan.admin import KeeperAdmin, KeeperInline

from .models import Deliberation, ForumMeeting, Opinion, PositionPaper, Question, Reply, StakeholderGroup


@admin.register(Deliberation)
class DeliberationAdmin(KeeperAdmin):
    list_display = ["title", "plan", "year", "is_published"]


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


class ReplyInline(KeeperInline):
    model = Reply
    fields = ["department", "stance", "stance_is_ours", "summary", "note"]


@admin.register(Question)
class QuestionAdmin(KeeperAdmin):
    list_display = ["number", "summary"]
    list_filter = ["groups", "area"]
    search_fields = ["summary"]
    autocomplete_fields = ["groups", "opinions", "area", "goal", "target", "task"]
    inlines = [ReplyInline]
