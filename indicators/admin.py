from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import IntegerWidget

from accounts.admin_base import ExportingAdmin, KeeperInline, ReadOnlyAdmin
from indicators.models import (
    CheckMark,
    CommitteeComment,
    Figure,
    Indicator,
    Job,
    Milestone,
    Publication,
    Rating,
    ReportingRound,
    Result,
)
from indicators.permissions import round_lock, state_lock
from indicators.wording import value_in_words


class IndicatorResource(ModelResource):
    """What the exported list of indicators holds."""

    area = Field("area__number", _("핵심전환분야"), IntegerWidget())
    code = Field("code", _("번호"))
    title = Field("title", _("이행지표"))
    tasks = Field(column_name=_("이행과제"))
    departments = Field(column_name=_("담당부서"))
    unit = Field("unit", _("단위"))
    direction = Field("get_direction_display", _("방향"))
    kind = Field("get_value_kind_display", _("값의 종류"))
    targets = Field(column_name=_("연차별 목표치"))
    definition = Field("definition", _("정의"))
    formula = Field("formula", _("산식"))
    data_source = Field("data_source", _("자료 출처"))
    remarks = Field("remarks", _("보고서 주석"))
    note = Field("note", _("유의사항"))

    class Meta:
        model = Indicator
        chunk_size = 1000  # each chunk asks for its tasks and milestones anew
        fields = ["area", "code", "title", "tasks", "departments", "unit", "direction", "kind", "targets"]
        fields += ["definition", "formula", "data_source", "remarks", "note"]

    def filter_export(self, queryset, **kwargs):
        return queryset.select_related("area").prefetch_related("tasks__department", "milestones")

    def dehydrate_tasks(self, indicator):
        return "; ".join(task.code for task in indicator.tasks.all())

    def dehydrate_departments(self, indicator):
        return "; ".join(dict.fromkeys(task.department.name for task in indicator.tasks.all()))

    def dehydrate_targets(self, indicator):
        return "; ".join(f"{m.year} {value_in_words(m.reading, indicator)}" for m in indicator.milestones.all())


class MilestoneInline(KeeperInline):
    model = Milestone
    fields = ["year", "value", "text", "missing_reason", "printed"]


@admin.register(Indicator)
class IndicatorAdmin(ExportingAdmin):
    resource_classes = [IndicatorResource]
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
        departments = (task.department_id for task in result.indicator.tasks.all())
        return round_lock(result.round, *departments) or state_lock(result) or _("부서가 입력할 수 있습니다.")

    def get_fields(self, request, obj=None):
        return ["lock", *super().get_fields(request, obj)]


@admin.register(Publication)
class PublicationAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "published_at", "published_by_name", "sha256"]
    list_select_related = ["round"]


@admin.register(Figure)
class FigureAdmin(ReadOnlyAdmin):
    list_display = ["indicator", "publication", "target_value", "actual_value", "attainment", "status", "track"]
    list_filter = ["publication", "status", "track"]
    list_select_related = ["indicator", "publication__round"]
    search_fields = ["indicator__title"]


@admin.register(CheckMark)
class CheckMarkAdmin(ReadOnlyAdmin):
    list_display = ["subject_label", "state", "reason", "marked_by_name", "marked_at"]
    list_filter = ["plan", "state", "code"]
    search_fields = ["subject_label", "reason"]


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    list_display = ["indicator", "member", "milestones", "goal_link", "reason", "rated_at"]
    list_filter = ["milestones", "goal_link"]
    list_select_related = ["indicator", "member"]
    search_fields = ["indicator__title", "reason"]


@admin.register(CommitteeComment)
class CommitteeCommentAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "department", "author_name", "at", "answered_at"]
    list_filter = ["department"]
    list_select_related = ["indicator", "area", "department"]
    search_fields = ["text", "answer"]


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "state", "requested_at", "finished_at", "size", "error"]
    list_filter = ["state", "kind"]
    list_select_related = ["publication__round"]
