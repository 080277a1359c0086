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

    @classmethod
    def needing_reason(cls) -> set["Stance"]:
        """Stances that leave something asked undone, so that whoever asked must be told why."""
        return {cls.PARTLY, cls.DECLINED}


class DraftState(models.TextChoices):
    """Where a department's reply is before publication."""

    ASKED = "asked", _("작성 전")
    DRAFT = "draft", _("작성중")
    SUBMITTED = "submitted", _("제출")
    RETURNED = "returned", _("보완 요청")

    @classmethod
    def with_department(cls) -> set["DraftState"]:
        """States in which the department works on the reply."""
        return {cls.ASKED, cls.DRAFT, cls.RETURNED}


class QuestionStage(models.TextChoices):
    """Where a question is on its way from a desk to the public; derived, never stored."""

    UNSENT = "unsent", _("보내기 전")
    AWAITING = "awaiting", _("답변 대기")
    TO_CONSOLIDATE = "to_consolidate", _("종합할 것")
    READY = "ready", _("공개 준비")
    PUBLISHED = "published", _("공개")


class CommitmentState(models.TextChoices):
    """How far a promise is."""

    UNDER_WAY = "under_way", _("추진중")
    KEPT = "kept", _("이행완료")
    DELAYED = "delayed", _("지연")
    DROPPED = "dropped", _("중단")

    @classmethod
    def going_on(cls) -> set["CommitmentState"]:
        """States of a promise that is still to be kept."""
        return {cls.UNDER_WAY, cls.DELAYED}


class ReportState(models.TextChoices):
    """Where a report on a promise is on its way to the public."""

    SUBMITTED = "submitted", _("제출")
    RETURNED = "returned", _("보완 요청")
    PUBLISHED = "published", _("공개")


class ReferenceLevel(models.TextChoices):
    TASK = "task", _("이행과제")
    TARGET = "target", _("세부목표")
    GOAL = "goal", _("목표")
    AREA = "area", _("핵심전환분야")
    NONE = "none", _("계획 전체")
