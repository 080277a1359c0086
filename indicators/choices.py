"""Closed lists of the indicators app, with the groupings that rules ask for. docs/glossary.md explains each word."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    UP = "up", _("높을수록 좋음")
    DOWN = "down", _("낮을수록 좋음")
    KEEP = "keep", _("목표 수준에 가까울수록 좋음")


class ValueKind(models.TextChoices):
    NUMBER = "number", _("숫자")
    GRADE = "grade", _("등급")
    TEXT = "text", _("서술")


class MissingReason(models.TextChoices):
    NONE_PLANNED = "none_planned", _("계획된 목표치 없음")
    SOURCE_PENDING = "source_pending", _("통계 미발표")
    SURVEY_CYCLE = "survey_cycle", _("조사 주기 아님")
    PROJECT_ENDED = "project_ended", _("사업 종료")
    FORMULA_CHANGED = "formula_changed", _("산식 변경")
    NOT_DISCLOSED = "not_disclosed", _("비공개")
    NOT_SUBMITTED = "not_submitted", _("미제출")

    @classmethod
    def for_results(cls) -> list["MissingReason"]:
        """Reasons a department may give for a year without a result."""
        return [
            cls.SOURCE_PENDING,
            cls.SURVEY_CYCLE,
            cls.PROJECT_ENDED,
            cls.FORMULA_CHANGED,
            cls.NOT_DISCLOSED,
        ]

    @classmethod
    def meant_by(cls, word: str) -> list["MissingReason"]:
        """The reasons that a word in the place of a value may mean (`lib.numbers.NothingGiven`): one, or all."""
        named = [reason for reason in cls.for_results() if "".join(str(reason.label).split()) == word]
        if not named and word in REASON_OF_WORD:
            named = [REASON_OF_WORD[word]]
        return named or cls.for_results()

    @classmethod
    def for_milestones(cls) -> list["MissingReason"]:
        """Reasons why the plan may have no value for a year."""
        return [cls.NONE_PLANNED, *cls.for_results()]


# What people write in the place of a value (lib.numbers), by the one reason that it means.
_WORDS = {
    MissingReason.SOURCE_PENDING: (
        "미집계 집계중 집계전 집계예정 산출중 미산출 미발표 발표전 미공표 자료없음 데이터없음 통계없음"
    ),
    MissingReason.SURVEY_CYCLE: "미조사 조사없음 미실시",
    MissingReason.PROJECT_ENDED: "종료 폐지",
    MissingReason.NOT_DISCLOSED: "미공개",
}
REASON_OF_WORD = {word: reason for reason, words in _WORDS.items() for word in words.split()}


class Status(models.TextChoices):
    """Verdict on a year's result, in the legend's order."""

    MET = "met", _("달성")
    NEAR = "near", _("근접")
    SHORT = "short", _("미흡")
    POOR = "poor", _("부진")
    UNRATED = "unrated", _("판정불가")

    @property
    def short(self) -> str:
        """The word where there is little room, as in a heat map."""
        return str(_("불가")) if self is Status.UNRATED else str(self.label)

    @classmethod
    def rated(cls) -> list["Status"]:
        return [cls.MET, cls.NEAR, cls.SHORT, cls.POOR]


class Track(models.TextChoices):
    """Verdict on the pace towards the last target (궤도), in the legend's order. Never mixed with Status."""

    ON_TRACK = "on_track", _("정상 추진")
    SLOW = "slow", _("다소 지연")
    LAGGING = "lagging", _("크게 지연")
    REGRESS = "regress", _("역행")
    UNDEFINED = "undefined", _("산정불가")

    @classmethod
    def rated(cls) -> list["Track"]:
        return [cls.ON_TRACK, cls.SLOW, cls.LAGGING, cls.REGRESS]


class RoundState(models.TextChoices):
    PLANNED = "planned", _("계획")
    OPEN = "open", _("입력 중")
    CLOSED = "closed", _("마감")
    PUBLISHED = "published", _("공표")

    @classmethod
    def collecting(cls) -> set["RoundState"]:
        """States in which results are handed in and reviewed, and nothing is public yet."""
        return {cls.OPEN, cls.CLOSED}


class Dimension(models.TextChoices):
    """Ways in which the report demands figures to be broken down."""

    SEX = "sex", _("성별")
    AGE = "age", _("연령")
    DISABILITY = "disability", _("장애")
    MIGRANT = "migrant", _("이주")

    @property
    def groups(self) -> list["BreakdownGroup"]:
        return {
            Dimension.SEX: [BreakdownGroup.MALE, BreakdownGroup.FEMALE],
            Dimension.AGE: [
                BreakdownGroup.CHILD,
                BreakdownGroup.YOUTH,
                BreakdownGroup.MIDDLE,
                BreakdownGroup.SENIOR,
            ],
            Dimension.DISABILITY: [BreakdownGroup.DISABLED, BreakdownGroup.NOT_DISABLED],
            Dimension.MIGRANT: [BreakdownGroup.MIGRANT, BreakdownGroup.NOT_MIGRANT],
        }[self]


class BreakdownGroup(models.TextChoices):
    MALE = "male", _("남성")
    FEMALE = "female", _("여성")
    CHILD = "child", _("18세 이하")
    YOUTH = "youth", _("19~39세")
    MIDDLE = "middle", _("40~64세")
    SENIOR = "senior", _("65세 이상")
    DISABLED = "disabled", _("장애인")
    NOT_DISABLED = "not_disabled", _("비장애인")
    MIGRANT = "migrant", _("이주민")
    NOT_MIGRANT = "not_migrant", _("이주민 아님")

    @property
    def dimension(self) -> Dimension:
        return next(dimension for dimension in Dimension if self in dimension.groups)


class ResultState(models.TextChoices):
    DRAFT = "draft", _("작성중")
    SUBMITTED = "submitted", _("제출")
    ENDORSED = "endorsed", _("부서장 확인")
    RETURNED = "returned", _("반려")
    APPROVED = "approved", _("승인")

    @classmethod
    def with_department(cls) -> set["ResultState"]:
        """States in which the department works on the result."""
        return {cls.DRAFT, cls.RETURNED}

    @classmethod
    def handed_in(cls) -> set["ResultState"]:
        """States in which others than the department may see the value."""
        return {cls.SUBMITTED, cls.ENDORSED, cls.APPROVED}


class CheckState(models.TextChoices):
    """What became of a finding of the data check. The first two are not stored: nobody marked it, or not as it is."""

    OPEN = "unmarked", _("확인 전")
    OUTDATED = "outdated", _("다시 확인")
    ACCEPTED = "accepted", _("인정")
    TO_REVISE = "to_revise", _("정비 대상")

    @classmethod
    def decisions(cls) -> list["CheckState"]:
        """What a person can decide."""
        return [cls.ACCEPTED, cls.TO_REVISE]

    @classmethod
    def undecided(cls) -> set["CheckState"]:
        """States that wait for a person."""
        return {cls.OPEN, cls.OUTDATED}


class MilestoneRating(models.TextChoices):
    """A committee member's view of an indicator's yearly targets."""

    ADEQUATE = "adequate", _("적정")
    TOO_LOW = "too_low", _("낮음")
    TOO_HIGH = "too_high", _("높음")
    UNSUITABLE = "unsuitable", _("부적합")


class GoalLink(models.TextChoices):
    """A committee member's view of how well an indicator measures its goal."""

    CLOSE = "close", _("밀접")
    WEAK = "weak", _("약함")
    NONE = "none", _("없음")


class ReportKind(models.TextChoices):
    """What is made of a publication. Full reports cover all of it, the others the part that their scope names."""

    PDF = "pdf", _("이행점검 보고서 PDF")
    HWPX = "hwpx", _("이행점검 보고서 한글(HWPX)")
    XLSX = "xlsx", _("이행점검 보고서 엑셀(XLSX)")
    AREA = "area", _("분야 요약 PDF")
    DEPARTMENT = "department", _("부서 요약 PDF")
    TASK = "task", _("과제 카드 PDF")

    @classmethod
    def full(cls) -> list["ReportKind"]:
        return [cls.PDF, cls.HWPX, cls.XLSX]

    @property
    def suffix(self) -> str:
        """How the file's name ends, without the dot."""
        return "pdf" if self.is_pdf else self.value

    @property
    def is_pdf(self) -> bool:
        """Whether it is a PDF, as all but the full reports of the other formats are."""
        return self not in (ReportKind.HWPX, ReportKind.XLSX)

    @property
    def content_type(self) -> str:
        return {
            "pdf": "application/pdf",
            "hwpx": "application/hwp+zip",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }[self.suffix]


class JobState(models.TextChoices):
    WAITING = "waiting", _("대기")
    RUNNING = "running", _("작성중")
    DONE = "done", _("완료")
    FAILED = "failed", _("실패")

    @classmethod
    def unfinished(cls) -> set["JobState"]:
        """States from which a job goes on by itself, as long as somebody works."""
        return {cls.WAITING, cls.RUNNING}
