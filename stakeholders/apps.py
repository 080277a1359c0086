from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StakeholdersConfig(AppConfig):
    name = "stakeholders"
    verbose_name = _("이해관계자")

    def ready(self):
        from plans.stamps import watch
        from stakeholders import models

        watch(models.Deliberation, models.StakeholderGroup, models.PositionPaper, models.ForumMeeting, models.Opinion)
        watch(models.Reference, models.Question, models.ReplyDraft, models.Consolidation)
        watch(models.ReplyPublication, models.Reply)
        watch(models.Commitment, models.CommitmentReport, models.CommitmentEvidence)
