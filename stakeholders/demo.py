"""A demo forum: what a group says on its way to a kept promise. Marked as demo wherever it shows, never in production.

Every act goes through the services as in real life. The groups are made up too, so that nobody is said to have spoken.
"""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Department, User
from plans.models import Plan, Task
from stakeholders import services
from stakeholders.models import Commitment, CommitmentReport, Deliberation, Opinion, PositionPaper, Question, ReplyDraft

YEAR = 2024
GROUPS = ["시범 모임 가", "시범 모임 나"]
MARK = "(시범)"


class DemoForum:
    """Plays one forum: two questions answered and published, one awaited, one returned and late."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.coordinator = User.objects.get(username="coordinator")
        self.officers = {u.department_id: u for u in User.objects.filter(username__startswith="officer-")}
        self.today = timezone.localdate()
        tasks = Task.objects.filter(target__goal__area__plan=plan, indicators__isnull=False).distinct()
        self.tasks = list(tasks.select_related("target__goal__area__plan", "department").order_by("pk")[:4])

    def _at(self, days: int, hour: int = 10) -> datetime:
        """A moment so many days from today."""
        return timezone.make_aware(datetime.combine(self.today + timedelta(days=days), time(hour)))

    @transaction.atomic
    def play(self) -> None:
        forum = Deliberation(plan=self.plan, year=YEAR, title=f"{YEAR}년 숙의공론장 {MARK}", is_demo=True)
        services.open_deliberation(actor=self.coordinator, deliberation=forum, now=self._at(-200))
        one, two, three, four = self.tasks
        first = self._paper(forum, GROUPS[0], [one, two, three])
        second = self._paper(forum, GROUPS[1], [one, four])
        services.publish_papers(actor=self.coordinator, deliberation=forum, now=self._at(-180))
        partner = Department.objects.exclude(pk=one.department_id).filter(pk__in=self.officers).first()
        kept = self._ask(forum, [first[0], second[0]], [partner], sent=-170)
        self._answer(kept, "accepted", "내년 사업에 반영하겠습니다.")
        declined = self._ask(forum, [first[1]], [], sent=-170)
        self._answer(declined, "declined", "이번 계획에는 넣지 않습니다.", "같은 사업이 다른 계획에 이미 있습니다.")
        services.publish_replies(actor=self.coordinator, deliberation=forum, now=self._at(-130))
        self._report(kept)
        self._ask(forum, [first[2]], [], sent=-5)
        late = self._ask(forum, [second[1]], [], sent=-45)
        self._draft(late, "considered", "살펴보겠습니다.", at=-20)
        draft = ReplyDraft.objects.get(question=late)
        comment = f"언제까지 살펴볼지 적어 주십시오. {MARK}"
        services.return_reply(actor=self.coordinator, draft=draft, comment=comment, now=self._at(-12))

    def _paper(self, forum: Deliberation, name: str, tasks: list[Task]) -> list[Opinion]:
        """A paper with one point on each task."""
        paper = services.add_paper(
            actor=self.coordinator, deliberation=forum, group=None, name=name, now=self._at(-195)
        )
        new = {
            "dated": self.today - timedelta(days=190),
            "overall": f"기능을 보이려고 적은 시범 입장문서입니다. {MARK}",
            "participants": "",
        }
        meetings = [services.Meeting(date(YEAR, 4, day), time(14)) for day in (6, 20)]
        seen = services.token_of(paper, "")
        services.save_paper(
            actor=self.coordinator, paper=paper, new=new, meetings=meetings, seen=seen, now=self._at(-190)
        )
        return [self._point(paper, task) for task in tasks]

    def _point(self, paper: PositionPaper, task: Task) -> Opinion:
        new = {
            "summary": f"‘{task.title}’ 과제를 더 힘써 해 달라는 시범 의견입니다. {MARK}",
            "kind": "proposal",
            "cited_code": task.code,
            "area": task.target.goal.area,
            "goal": None,
            "target": None,
            "task": task,
        }
        return services.save_opinion(
            actor=self.coordinator, opinion=Opinion(paper=paper), new=new, seen="", now=self._at(-185)
        )

    def _ask(self, forum: Deliberation, opinions: list[Opinion], others: list[Department], *, sent: int) -> Question:
        """Ask the department of the points' task, and *others* with it, so many days from today."""
        task = opinions[0].task
        new = {
            "summary": f"‘{task.title}’ 과제를 어떻게 더 할 수 있는지 묻는 시범 질의입니다. {MARK}",
            "area": task.target.goal.area,
            "goal": None,
            "target": None,
            "task": task,
        }
        question = services.save_question(
            actor=self.coordinator,
            question=Question(deliberation=forum),
            new=new,
            opinions=opinions,
            seen="",
            now=self._at(sent - 2),
        )
        return services.send_question(
            actor=self.coordinator,
            question=question,
            lead=task.department,
            others=others,
            due_on=services.due_day(self.today + timedelta(days=sent)),
            now=self._at(sent),
        )

    def _draft(self, question: Question, stance: str, summary: str, reason: str = "", *, at: int) -> None:
        """Let every department that was asked hand in the same words."""
        new = {"stance": stance, "summary": f"{summary} {MARK}", "reason": f"{reason} {MARK}" if reason else ""}
        for draft in ReplyDraft.objects.filter(question=question).select_related("question__deliberation"):
            officer = self.officers[draft.department_id]
            services.submit_reply(actor=officer, draft=draft, new=new, now=self._at(at))

    def _answer(self, question: Question, stance: str, summary: str, reason: str = "") -> None:
        """Let the departments answer, promise where they agree, and make one answer of it."""
        if stance == "accepted":
            for days, words in ((-30, "참여 인원을 늘린다."), (120, "안내 자료를 만들어 나눈다.")):
                self._promise(question, f"{words} {MARK}", days)
        self._draft(question, stance, summary, reason, at=-150)
        new = {"stance": stance, "summary": f"{summary} {MARK}", "reason": f"{reason} {MARK}" if reason else ""}
        services.consolidate_replies(
            actor=self.coordinator, question=question, new=new, version=0, is_ready=True, now=self._at(-135)
        )

    def _promise(self, question: Question, text: str, days: int) -> None:
        lead = question.drafts.select_related("department").get(is_lead=True).department
        commitment = Commitment(
            question=question,
            department=lead,
            text=text,
            due_on=self.today + timedelta(days=days),
            indicator=question.task.indicators.first(),
        )
        services.add_commitment(actor=self.officers[lead.pk], commitment=commitment, now=self._at(-160))

    def _report(self, question: Question) -> None:
        """The first promise is kept; on the second a report waits for the coordinator."""
        first, second = Commitment.objects.filter(question=question).select_related("question__deliberation")
        officer = self.officers[first.department_id]
        report: CommitmentReport = services.report_commitment(
            actor=officer, commitment=first, state="kept", text=f"계획대로 마쳤습니다. {MARK}", now=self._at(-35)
        )
        services.decide_report(actor=self.coordinator, report=report, publish=True, now=self._at(-33))
        services.report_commitment(
            actor=officer,
            commitment=second,
            state="under_way",
            text=f"자료를 만들고 있습니다. {MARK}",
            now=self._at(-3),
        )
