"""What committee and coordinator say about the plan itself, and what departments answer."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Department, User
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow
from indicators.checking.selectors.checks import CheckRow, check_rows
from indicators.checking.selectors.committee import asked_departments
from indicators.choices import CheckState, GoalLink, MilestoneRating
from indicators.models import CheckMark, CommitteeComment, Indicator, Rating
from indicators.permissions import require_answerer, require_commenter, require_rater
from plans.models import Area, Plan


class StaleFindings(Exception):
    """Some of the marked findings are no longer what was seen. `keys` name them (`CheckRow.key`)."""

    def __init__(self, keys: set[str]):
        super().__init__("findings changed or were marked by somebody else in between")
        self.keys = keys


class StaleRating(Exception):
    """The member rated the indicator elsewhere in between. `current` is what is stored."""

    def __init__(self, current: Rating):
        super().__init__("the rating was changed in between")
        self.current = current


class StaleComment(Exception):
    """A colleague answered in between. `current` is the stored comment with that answer."""

    def __init__(self, current: CommitteeComment):
        super().__init__("the comment was answered by somebody else in between")
        self.current = current


@transaction.atomic
def mark_findings(*, actor, plan: Plan, tokens: list[str], state: CheckState, reason: str, now=None) -> int:
    """Decide about findings of the data check; return how many decisions are new.

    *tokens* (`CheckRow.token`) say what was seen. When one of them no longer fits, nothing is stored and StaleFindings
    names those.
    """
    require_keeper(actor)
    if state == CheckState.ACCEPTED and not reason.strip():
        raise NotAllowedNow(_("인정하는 사유를 적어 주십시오."))
    Plan.objects.select_for_update().get(pk=plan.pk)
    rows = {row.key: row for row in check_rows(plan)}
    chosen = {token: rows.get(token.rsplit(":", 2)[0]) for token in tokens}
    stale = {token.rsplit(":", 2)[0] for token, row in chosen.items() if row is None or row.token != token}
    if stale:
        raise StaleFindings(stale)
    return sum(_mark(actor, plan, row, state, reason, now) for row in chosen.values())


def _mark(actor, plan: Plan, row: CheckRow, state: CheckState, reason: str, now) -> bool:
    """Store one decision; False when it is the one that stands."""
    before = row.mark
    if before and row.state == state and before.reason == reason:
        return False
    mark = before or CheckMark(plan=plan, code=row.finding.code, subject=row.finding.subject.key, version=0)
    old = before and str(before.get_state_display())
    mark.state, mark.reason, mark.fingerprint = state, reason, row.finding.fingerprint
    mark.subject_label = f"{row.label}: {row.place} {row.title}"[:300]
    mark.version += 1
    mark.marked_at, mark.marked_by_name = now or timezone.now(), str(actor)
    mark.save()
    record_activity(
        actor=actor,
        action=Action.CHECK_MARKED,
        subject=mark,
        now=now,
        changes=[(row.label, old or "", state.label), (_("까닭"), "", row.reason)],
        comment=reason,
    )
    return True


@transaction.atomic
def rate_indicator(
    *,
    actor,
    indicator: Indicator,
    version: int,
    milestones: MilestoneRating,
    goal_link: GoalLink,
    reason: str,
    now=None,
) -> Rating:
    """Store a committee member's rating of an indicator. *version* is that of the rating the form was opened on, 0
    where there was none; another one raises StaleRating."""
    require_rater(actor)
    if not reason.strip() and (milestones, goal_link) != (MilestoneRating.ADEQUATE, GoalLink.CLOSE):
        raise NotAllowedNow(_("적정·밀접이 아닌 까닭을 적어 주십시오."))
    User.objects.select_for_update(of=["self"]).get(pk=actor.pk)
    rating = Rating.objects.filter(indicator=indicator, member=actor).first()
    if rating and rating.version != version:
        raise StaleRating(rating)
    old = (rating.get_milestones_display(), rating.get_goal_link_display()) if rating else ("", "")
    rating = rating or Rating(indicator=indicator, member=actor, version=0)
    rating.milestones, rating.goal_link, rating.reason = milestones, goal_link, reason
    rating.version += 1
    rating.rated_at = now or timezone.now()
    rating.save()
    record_activity(
        actor=actor,
        action=Action.INDICATOR_RATED,
        subject=rating,
        now=now,
        changes=[(_("목표치"), old[0], milestones.label), (_("목표와의 연계"), old[1], goal_link.label)],
        comment=reason,
    )
    return rating


@transaction.atomic
def add_committee_comment(
    *, actor, area: Area, indicator: Indicator | None, department: Department, text: str, now=None
) -> CommitteeComment:
    """Address a comment on an indicator, or on an area as a whole, to a department that carries its tasks."""
    require_commenter(actor)
    if department not in asked_departments(area=area, indicator=indicator):
        raise NotAllowedNow(_("이 부서는 여기에 답할 과제를 맡고 있지 않습니다. 답할 부서를 다시 골라 주십시오."))
    comment = CommitteeComment.objects.create(
        area=area,
        indicator=indicator,
        department=department,
        author=actor,
        author_name=str(actor),
        at=now or timezone.now(),
        text=text,
    )
    changes = [(_("답할 부서"), "", department)]
    record_activity(
        actor=actor, action=Action.COMMITTEE_COMMENTED, subject=comment, now=now, changes=changes, comment=text
    )
    return comment


@transaction.atomic
def answer_comment(*, actor, comment: CommitteeComment, text: str, now=None) -> CommitteeComment:
    """Store the department's answer, or a better one. *comment* carries the version the form was opened on; another
    one raises StaleComment."""
    require_answerer(actor, comment)
    locked = CommitteeComment.objects.select_for_update(of=["self"])
    current = locked.select_related("area__plan", "indicator__area", "department").get(pk=comment.pk)
    require_answerer(actor, current)
    if current.version != comment.version:
        raise StaleComment(current)
    before = current.answer
    current.answer, current.answered_by_name, current.answered_at = text, str(actor), now or timezone.now()
    current.version += 1
    current.save(update_fields=["answer", "answered_by_name", "answered_at", "version"])
    record_activity(
        actor=actor, action=Action.COMMENT_ANSWERED, subject=current, now=now, changes=[(_("답변"), before, text)]
    )
    return current
