from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import IntegerWidget

from accounts.admin_base import ExportingAdmin, KeeperAdmin, KeeperInline
from plans.models import Area, Budget, BudgetShare, Goal, Plan, Target, Task


@admin.register(Plan)
class PlanAdmin(KeeperAdmin):
    list_display = ["title", "municipality", "start_year", "end_year", "is_current"]


@admin.register(Area)
class AreaAdmin(KeeperAdmin):
    list_display = ["number", "title", "plan"]
    list_filter = ["plan"]
    search_fields = ["title"]


@admin.register(Goal)
class GoalAdmin(KeeperAdmin):
    list_display = ["number", "title", "area"]
    list_filter = ["area"]
    list_select_related = ["area"]
    search_fields = ["title"]


@admin.register(Target)
class TargetAdmin(KeeperAdmin):
    list_display = ["code", "title", "goal"]
    list_filter = ["goal__area"]
    list_select_related = ["goal"]
    search_fields = ["code", "title"]


class TaskResource(ModelResource):
    """What the exported list of tasks holds."""

    area = Field("target__goal__area__number", _("핵심전환분야"), IntegerWidget())
    target = Field("target__code", _("세부목표"))
    code = Field("code", _("번호"))
    title = Field("title", _("이행과제"))
    department = Field("department__name", _("담당부서"))
    team = Field("team__name", _("담당팀"))
    purpose = Field("purpose", _("추진목적"))
    contents = Field("contents", _("추진내용"))
    future_plan = Field("future_plan", _("향후 추진계획"))
    note = Field("note", _("유의사항"))

    class Meta:
        model = Task
        fields = ["area", "target", "code", "title", "department", "team", "purpose", "contents", "future_plan", "note"]


class BudgetInline(KeeperInline):
    model = Budget
    fields = ["year", "position", "label", "amount", "unit", "note"]


class BudgetShareInline(KeeperInline):
    model = BudgetShare


@admin.register(Task)
class TaskAdmin(ExportingAdmin):
    resource_classes = [TaskResource]
    list_display = ["code", "title", "target", "department", "team"]
    list_filter = ["target__goal__area", "department"]
    list_select_related = ["target__goal__area", "department", "team__department"]
    search_fields = ["code", "title"]
    autocomplete_fields = ["target", "department"]
    inlines = [BudgetInline]


@admin.register(Budget)
class BudgetAdmin(KeeperAdmin):
    list_display = ["task", "year", "label", "amount", "unit"]
    list_filter = ["year"]
    list_select_related = ["task"]
    search_fields = ["label", "task__title"]
    autocomplete_fields = ["task"]
    inlines = [BudgetShareInline]
