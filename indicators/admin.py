from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from sdgplan.admin import KeeperAdmin, KeeperInline, ReadOnlyAdmin

from .models import Figure, Indicator, Job, Milestone, Publication, ReportingRound, Result
from .permissions import round_lock, state_lock


class MilestoneInline(KeeperInline):
    model = Milestone
    fields = ["year", "value", "text", "missing_reason", "printed"]


@admin.register(Indicator)
class IndicatorAdmin(KeeperAdmin):
    list_display = ["code", "title", "area", "unit", "direction", "value_kind"]
    list_filter = ["area", "direction", "value_kind"]
    list_select_related = ["area"]
    search_fields = ["code", "title"]
    autocomplete_fields = ["area", "tasks"]
    inlines = [MilestoneInline]


@admin.register(ReportingRound)
class ReportingRoundAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "plan", "state", "opens_on", "due_on"]


@admin.register(Result)
class ResultAdmin(ReadOnlyAdmin):
    list_display = ["indicator", "round", "state", "value", "text", "missing_reason", "updated_at"]
    list_filter = ["round", "state"]
    list_select_related = ["indicator", "round"]
    search_fields = ["indicator__title", "indicator__code"]

    @admin.display(description=_("잠긴 까닭"))
    def lock(self, result):
        """The same words as on the entry pages."""
        return round_lock(result.round) or state_lock(result) or _("부서가 입력할 수 있습니다.")

    def get_fields(self, request, obj=None):
        return ["lock", *super().get_fields(request, obj)]


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "published_at", "published_by_name", "sha256"]
    list_select_related = ["round"]


@admin.register(Figure)
class FigureAdmin(ReadOnlyAdmin):
    list_display = ["indicator", "publication", "target_value", "actual_value", "attainment", "status"]
    list_filter = ["publication", "status"]
    list_select_related = ["indicator", "publication__round"]
    search_fields = ["indicator__title"]


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "state", "requested_at", "finished_at", "size", "error"]
    list_filter = ["state", "kind"]
    list_select_related = ["publication__round"]
