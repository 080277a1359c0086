from django.contrib import admin

from sdgplan.admin import KeeperAdmin, KeeperInline

from .models import Area, Budget, BudgetShare, Goal, Plan, Target, Task


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


class BudgetInline(KeeperInline):
    model = Budget
    fields = ["year", "position", "label", "amount", "unit", "note"]


class BudgetShareInline(KeeperInline):
    model = BudgetShare


@admin.register(Task)
class TaskAdmin(KeeperAdmin):
    list_display = ["code", "title", "target", "department", "team"]
    list_filter = ["target__goal__area", "department"]
    list_select_related = ["target", "department", "team__department"]
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
