"""Closed lists of the stakeholders app, with the groupings that rules ask for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OpinionKind(models.TextChoices):
    OVERALL = "overall", _("종합의견")
    PROPOSAL = "proposal", _("제안")
    ADDITION = "addition", _("추가 요청")
    QUESTION = "question", _("질문")
    OTHER = "other", _("기타")


class Stance(models.TextChoices):
    """What a department's reply does with what was asked; the order is that of every list and bar."""

    ACCEPTED = "accepted", _("수용")
    PARTLY = "partly", _("일부수용")
    DONE = "done", _("기시행")
    CONSIDERED = "considered", _("검토")
    DECLINED = "declined", _("불수용")
    INFORMED = "informed", _("안내")

    @classmethod
    def taken_up(cls) -> set["Stance"]:
        """Stances by which an opinion became part of the work."""
        return {cls.ACCEPTED, cls.PARTLY, cls.DONE}


class ReferenceLevel(models.TextChoices):
    TASK = "task", _("이행과제")
    TARGET = "target", _("세부목표")
    GOAL = "goal", _("목표")
    AREA = "area", _("핵심전환분야")
    NONE = "none", _("계획 전체")
