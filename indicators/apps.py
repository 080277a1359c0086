from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IndicatorsConfig(AppConfig):
    name = "indicators"
    verbose_name = _("이행지표와 점검")

    def ready(self):
        from indicators.models import Evidence, Indicator, Milestone, Publication, ReportingRound
        from plans.stamps import watch

        watch(Indicator, Milestone, ReportingRound, Publication, Evidence)
