"""Resources of who said what and what became of it: opinions and replies of published forums."""

from collections import defaultdict

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from sdgplan.api.parameters import (
    AREA,
    DEPARTMENT,
    GOAL,
    GROUP,
    IS_DEMO,
    NUMBER,
    TARGET,
    TASK,
    WORDS,
    YEAR,
    Whole,
    choice,
)
from sdgplan.api.plan import PAGE, SELF
from sdgplan.api.resources import (
    Resource,
    Scope,
    array,
    coded,
    exact,
    flag,
    having_words,
    links,
    matching,
    or_null,
    text,
    whole,
)
from stakeholders.choices import OpinionKind, ReferenceLevel, Stance
from stakeholders.models import Opinion, Question, Reply
from stakeholders.selectors.chain import READING_ORDER, public_questions, published_replies

NAMED = {"slug": text(_("주소용 이름")), "name": text(_("이름"))}
REFERENCE_FIELDS = {
    "area": or_null(whole(_("가리키는 분야. 없으면 null입니다."))),
    "ref_level": coded(ReferenceLevel, _("무엇을 가리키는지")),
    "ref_code": text(_("가리키는 것의 번호. 없으면 비어 있습니다.")),
    "cited_code": text(_("문서에 적힌 그대로의 번호. 없으면 비어 있습니다.")),
}
# Area, goal, target and task that a record means, and the code as printed.
REFERENCE_COLUMNS = ("area__number", "goal__number", "target__code", "task__code", "cited_code")
OF_REFERENCE = {"area": "area__number", "task": "task__code"}


def _reference(area, goal, target, task, cited) -> dict:
    """The same reading as `Reference.reference_level` and `reference_code` of the models."""
    if task:
        level, code = ReferenceLevel.TASK, task
    elif target:
        level, code = ReferenceLevel.TARGET, target
    elif goal:
        level, code = ReferenceLevel.GOAL, str(goal)
    else:
        level, code = (ReferenceLevel.AREA if area else ReferenceLevel.NONE), ""
    return {"area": area, "ref_level": level.value, "ref_code": code, "cited_code": cited}


def _within(chosen: dict) -> Q:
    """Records that mean what was chosen or, for a goal and a target, something within it."""
    condition = Q(**matching(chosen, **OF_REFERENCE))
    if "goal" in chosen:
        goal = chosen["goal"]
        condition &= Q(goal__number=goal) | Q(target__goal__number=goal) | Q(task__target__goal__number=goal)
    if "target" in chosen:
        condition &= Q(target__code=chosen["target"]) | Q(task__target__code=chosen["target"])
    return condition


# --- opinions

OPINION_FIELDS = {
    "id": text(_("고유 이름: 계획/연도/그룹/번호")),
    "year": whole(_("숙의공론장의 연도")),
    "group": exact(NAMED, _("이해관계자 그룹")),
    "number": whole(_("입장문서 안의 번호")),
    "kind": coded(OpinionKind, _("종류")),
    "summary": text(_("요지")),
    **REFERENCE_FIELDS,
    "is_demo": flag(_("시범 자료인지")),
    "questions": array(
        exact(
            {
                "number": whole(_("질의 번호")),
                "summary": text(_("질의 요지")),
                "sent_on": or_null(text(_("보낸 날. 적혀 있지 않으면 null입니다."), format="date")),
                "due_on": or_null(text(_("답변 기한. 없으면 null입니다."), format="date")),
                "replies": array(text(_("답변의 고유 이름")), _("공개된 답변")),
            }
        ),
        _("이 의견에서 나온 질의"),
    ),
    "links": links(self=SELF, html=PAGE, replies=_("이 의견에 대한 답변")),
}


def _replies_to_opinions():
    return published_replies().filter(question__opinions=OuterRef("pk")).exclude(summary="")


def find_opinions(scope: Scope):
    chosen = scope.chosen
    opinions = Opinion.objects.published(scope.plan).filter(
        _within(chosen),
        having_words(chosen.get("q"), "summary"),
        **matching(
            chosen,
            year="paper__deliberation__year",
            group="paper__group__slug",
            number="number",
            kind="kind",
            is_demo="paper__deliberation__is_demo",
        ),
    )
    if chosen.get("stance") == "none":
        opinions = opinions.filter(~Exists(_replies_to_opinions()))
    elif "stance" in chosen:
        opinions = opinions.filter(Exists(_replies_to_opinions().filter(stance=chosen["stance"])))
    if "department" in chosen:
        opinions = opinions.filter(Exists(_replies_to_opinions().filter(_answered_by(chosen["department"]))))
    return opinions.order_by(*READING_ORDER, "pk").values_list(
        "pk",
        "paper__deliberation__year",
        "paper__deliberation__is_demo",
        "paper__group__slug",
        "paper__group__name",
        "number",
        "kind",
        "summary",
        *REFERENCE_COLUMNS,
    )


def _answered_by(slug: str) -> Q:
    return Q(department__slug=slug) | Q(
        Exists(Reply.together_with.through.objects.filter(reply=OuterRef("pk"), department__slug=slug))
    )


def _questions_on(scope: Scope, ids: list[int]) -> dict[int, list[dict]]:
    """The public questions drawn from each point with their published replies. Two queries."""
    drawn = list(
        Question.opinions.through.objects.filter(opinion__in=ids, question__in=public_questions().values("pk"))
        .order_by("question__deliberation__year", "question__number")
        .values_list(
            "opinion_id",
            "question_id",
            "question__deliberation__year",
            "question__number",
            "question__summary",
            "question__sent_on",
            "question__due_on",
        )
    )
    replies = defaultdict(list)
    for question, slug in (
        published_replies()
        .filter(question__in={row[1] for row in drawn})
        .order_by("pk")
        .values_list("question_id", "department__slug")
    ):
        replies[question].append(slug)
    found = defaultdict(list)
    for opinion, question, year, number, summary, sent_on, due_on in drawn:
        found[opinion].append(
            {
                "number": number,
                "summary": summary,
                "sent_on": sent_on and sent_on.isoformat(),
                "due_on": due_on and due_on.isoformat(),
                "replies": [f"{scope.plan.slug}/{year}/{number}/{slug}" for slug in replies[question]],
            }
        )
    return found


def show_opinions(scope: Scope, found) -> list[dict]:
    rows = list(found)
    questions = _questions_on(scope, [row[0] for row in rows])
    return [
        {
            "id": f"{scope.plan.slug}/{year}/{slug}/{number}",
            "year": year,
            "group": {"slug": slug, "name": name},
            "number": number,
            "kind": kind,
            "summary": summary,
            **_reference(*reference),
            "is_demo": is_demo,
            "questions": questions[pk],
            "links": {
                "self": f"{scope.api}/opinions/{year}/{slug}/{number}/",
                "html": f"{scope.pages}/voices/{slug}/{year}/{number}/",
                "replies": f"{scope.api}/replies/?year={year}&group={slug}&number={number}",
            },
        }
        for pk, year, is_demo, slug, name, number, kind, summary, *reference in rows
    ]


OPINIONS = Resource(
    "opinions",
    _("의견"),
    _("공개된 숙의공론장에서 이해관계자 그룹이 낸 의견과 거기서 나온 질의"),
    OPINION_FIELDS,
    key=(YEAR, GROUP, NUMBER),
    filters=(
        YEAR,
        GROUP,
        AREA,
        GOAL,
        TARGET,
        TASK,
        choice("kind", OpinionKind, _("종류")),
        choice("stance", Stance, _("이 검토 결과를 받은 의견, 또는 답변이 없는 의견(none)"), "none"),
        DEPARTMENT,
        IS_DEMO,
        WORDS,
    ),
    find=find_opinions,
    show=show_opinions,
)


# --- replies

REPLY_FIELDS = {
    "id": text(_("고유 이름: 계획/연도/질의/부서")),
    "year": whole(_("숙의공론장의 연도")),
    "question_no": whole(_("질의 번호")),
    "question_summary": text(_("질의 요지")),
    "groups": array(exact(NAMED), _("질의가 나온 그룹")),
    "opinions": array(text(_("의견의 고유 이름")), _("질의가 나온 의견")),
    **REFERENCE_FIELDS,
    "department": exact(NAMED, _("답변한 부서")),
    "together_with": array(exact(NAMED), _("함께 답변한 부서")),
    "stance": coded(Stance, _("검토 결과. 답변이 없으면 비어 있습니다"), ""),
    "stance_is_ours": flag(_("부서가 고르지 않고 답변을 읽어 분류한 검토 결과인지")),
    "reply_summary": text(_("답변 요지. 답변이 없으면 비어 있습니다.")),
    "reason": text(_("사유")),
    "edition": whole(_("공개한 판")),
    "published_at": or_null(text(_("공개 일시. 알려지지 않았으면 null입니다."), format="date-time")),
    "is_demo": flag(_("시범 자료인지")),
    "links": links(self=SELF, html=_("이 판의 답변 모두"), opinions=_("그해의 의견")),
}


def find_replies(scope: Scope):
    chosen = scope.chosen
    questions = (
        public_questions()
        .filter(_within(chosen), deliberation__plan=scope.plan)
        .filter(**matching(chosen, year="deliberation__year", question="number", is_demo="deliberation__is_demo"))
    )
    if "group" in chosen and "number" not in chosen:
        groups = Question.groups.through.objects.filter(stakeholdergroup__slug=chosen["group"])
        questions = questions.filter(Exists(groups.filter(question=OuterRef("pk"))))
    if "number" in chosen:
        points = Question.opinions.through.objects.filter(
            **matching(chosen, group="opinion__paper__group__slug", number="opinion__number")
        )
        questions = questions.filter(Exists(points.filter(question=OuterRef("pk"))))
    replies = (
        published_replies()
        .filter(question__in=questions.order_by().values("pk"))
        .filter(having_words(chosen.get("q"), "summary", "reason", "question__summary"))
        .filter(**matching(chosen, stance="stance"))
    )
    if "question" in chosen:
        replies = replies.filter(department__slug=chosen["department"])  # an item: its own department
    elif "department" in chosen:
        replies = replies.filter(_answered_by(chosen["department"]))
    return replies.order_by(
        "publication__deliberation__is_demo", "-publication__deliberation__year", "question__number", "pk"
    ).values_list(
        "pk",
        "question_id",
        "publication__deliberation__year",
        "publication__deliberation__is_demo",
        "publication__edition",
        "publication__published_at",
        "question__number",
        "inputs__question__summary",
        "department__slug",
        "department__name",
        "stance",
        "stance_is_ours",
        "summary",
        "reason",
        *(f"question__{column}" for column in REFERENCE_COLUMNS),
    )


def show_replies(scope: Scope, found) -> list[dict]:
    rows = list(found)
    questions = {row[1] for row in rows}
    together, groups, opinions = defaultdict(list), defaultdict(list), defaultdict(list)
    for pk, slug, name in (
        Reply.together_with.through.objects.filter(reply__in=[row[0] for row in rows])
        .order_by("department__name")
        .values_list("reply_id", "department__slug", "department__name")
    ):
        together[pk].append({"slug": slug, "name": name})
    for question, slug, name in (
        Question.groups.through.objects.filter(question__in=questions)
        .order_by("stakeholdergroup__position", "stakeholdergroup_id")
        .values_list("question_id", "stakeholdergroup__slug", "stakeholdergroup__name")
    ):
        groups[question].append({"slug": slug, "name": name})
    for question, year, slug, number in (
        Question.opinions.through.objects.filter(question__in=questions)
        .order_by("opinion__paper__group__position", "opinion__number")
        .values_list(
            "question_id", "opinion__paper__deliberation__year", "opinion__paper__group__slug", "opinion__number"
        )
    ):
        opinions[question].append(f"{scope.plan.slug}/{year}/{slug}/{number}")
    shown = []
    for pk, question, year, is_demo, edition, at, number, asked, slug, name, stance, is_ours, *rest in rows:
        summary, reason, *reference = rest
        shown.append(
            {
                "id": f"{scope.plan.slug}/{year}/{number}/{slug}",
                "year": year,
                "question_no": number,
                "question_summary": asked,
                "groups": groups[question],
                "opinions": opinions[question],
                **_reference(*reference),
                "department": {"slug": slug, "name": name},
                "together_with": together[pk],
                "stance": stance,
                "stance_is_ours": is_ours,
                "reply_summary": summary,
                "reason": reason,
                "edition": edition,
                "published_at": at and at.isoformat(),
                "is_demo": is_demo,
                "links": {
                    "self": f"{scope.api}/replies/{year}/{number}/{slug}/",
                    "html": f"{scope.pages}/voices/editions/{year}/{edition}/",
                    "opinions": f"{scope.api}/opinions/?year={year}",
                },
            }
        )
    return shown


REPLIES = Resource(
    "replies",
    _("답변"),
    _("질의에 대한 부서의 공개된 답변, 가장 새로운 판"),
    REPLY_FIELDS,
    key=(YEAR, Whole("question", _("질의 번호"), example="1"), DEPARTMENT),
    filters=(
        YEAR,
        GROUP,
        Whole("number", _("입장문서 안의 의견 번호. year, group과 함께 씁니다."), example="1"),
        AREA,
        GOAL,
        TARGET,
        TASK,
        DEPARTMENT,
        choice("stance", Stance, _("검토 결과")),
        IS_DEMO,
        WORDS,
    ),
    find=find_replies,
    show=show_replies,
)
