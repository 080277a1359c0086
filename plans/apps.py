from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlansConfig(AppConfig):
    name = "plans"
    verbose_name = _("이행계획")

    def ready(self):
        from accounts.models import Department, Team
        from plans.models import Area, Budget, BudgetShare, Goal, Plan, Target, Task
        from plans.stamps import watch

        watch(Department, Team, Plan, Area, Goal, Target, Task, Budget, BudgetShare)
