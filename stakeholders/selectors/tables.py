"""Rows of the open-data tables of voices. Demo forums are left out."""

from django.db.models import Count, Prefetch

from commons.packages import Field, Shape, required
from plans.models import Plan
from stakeholders.choices import OpinionKind, ReferenceLevel, Stance
from stakeholders.models import Opinion, PositionPaper
from stakeholders.selectors.chain import public_questions, published_replies

_REFERENCE = (
    Field("area_no", "integer", "분야 번호", "가리키는 핵심전환분야", constraints={"minimum": 1}),
    Field(
        "ref_level",
        "string",
        "가리키는 단계",
        "task 과제, target 세부목표, goal 목표, area 분야, none 없음",
        constraints=required(enum=ReferenceLevel.values),
    ),
    Field("ref_code", "string", "가리키는 번호"),
    Field("cited_code", "string", "적힌 번호", "입장문서나 답변에 적힌 그대로의 번호"),
)

GROUPS = Shape(
    "groups",
    "이해관계자 그룹",
    "숙의공론장에 입장문서를 낸 그룹. 입장문서마다 한 줄",
    (
        Field("group", "string", "그룹", constraints=required()),
        Field("paper_date", "date", "입장문서 날짜"),
        Field("meetings", "integer", "회의 횟수", unit="회", constraints=required(minimum=0)),
        Field("participants", "integer", "참여 인원", unit="명", constraints=required(minimum=0)),
    ),
)
OPINIONS = Shape(
    "opinions",
    "의견",
    "입장문서의 번호 붙은 의견",
    (
        Field("group", "string", "그룹", constraints=required()),
        Field("number", "integer", "의견 번호", "입장문서 안의 번호", constraints=required(minimum=1)),
        *_REFERENCE,
        Field(
            "kind",
            "string",
            "종류",
            ", ".join(f"{kind.value} {kind.label}" for kind in OpinionKind),
            constraints=required(enum=OpinionKind.values),
        ),
        Field("summary", "string", "요약", constraints=required()),
    ),
)
REPLIES = Shape(
    "replies",
    "답변",
    "질의와 답변한 부서마다 한 줄. 아직 답변이 없는 질의도 한 줄",
    (
        Field("question_no", "integer", "질의 번호", constraints=required(minimum=1)),
        Field("groups", "string", "그룹", "질의가 나온 그룹. 여럿이면 ;로 이음"),
        *_REFERENCE,
        Field("department", "string", "답변 부서"),
        Field("stance", "string", "검토 결과", constraints={"enum": [str(stance.label) for stance in Stance]}),
        Field("question_summary", "string", "질의 요약", constraints=required()),
        Field("reply_summary", "string", "답변 요약"),
    ),
)


def group_table(plan: Plan):
    """Groups with the date of their paper, and how many meetings and participants it had."""
    papers = PositionPaper.objects.filter(deliberation__in=plan.deliberations.counted())
    for paper in papers.select_related("group").annotate(meeting_count=Count("meetings")):
        yield paper.group.name, paper.dated or "", paper.meeting_count, len(paper.participants.splitlines())


def _reference(record) -> tuple:
    level = record.reference_level
    area = record.area.number if record.area_id else ""
    return area, level.value, record.reference_code, record.cited_code


def opinion_table(plan: Plan):
    return opinion_rows(Opinion.objects.counted(plan).order_by("paper__group__position", "number"))


def opinion_rows(opinions):
    """The points of a query, in its order, as rows under the columns of OPINIONS."""
    for opinion in opinions.select_related("paper__group", "area", "goal", "target", "task"):
        yield opinion.paper.group.name, opinion.number, *_reference(opinion), opinion.kind, opinion.summary


def reply_table(plan: Plan):
    """One row per question and replying department; a question without any reply keeps its row."""
    replies = published_replies().select_related("department").prefetch_related("together_with")
    questions = (
        public_questions()
        .filter(deliberation__in=plan.deliberations.counted())
        .select_related("area", "goal", "target", "task")
        .prefetch_related("groups", Prefetch("replies", replies))
    )
    for question in questions:
        groups = ";".join(group.name for group in question.groups.all())
        rows = [
            (
                department.name,
                str(Stance(reply.stance).label) if reply.stance else "",
                reply.inputs["question"]["summary"],
                reply.summary,
            )
            for reply in question.replies.all()
            for department in (reply.department, *reply.together_with.all())
        ]
        for department, *said in rows or [("", "", question.summary, "")]:
            yield question.number, groups, *_reference(question), department, *said
