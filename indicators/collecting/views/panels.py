"""Parts that several pages of a result share: the decision on it, and its thread of comments."""

from django.urls import reverse

from accounts.permissions import can_run_rounds
from commons.forms import CommentForm
from indicators.choices import ResultState
from indicators.collecting.forms.reviews import ReviewForm
from indicators.collecting.selectors.history import result_thread
from indicators.collecting.selectors.review import waiting_for_coordinator, waiting_for_head
from indicators.permissions import heads_indicator, review_lock, sees_value


def address_of(name: str, result) -> str:
    """The address of an act on *result*."""
    area = result.indicator.area
    return reverse(
        f"indicators:{name}", args=[result.round.plan.slug, result.round.year, area.number, result.indicator.code]
    )


def decision_context(user, result, form: ReviewForm | None = None) -> dict:
    """What `_review.html` shows to those who decide on a result that was handed in; nothing to all others."""
    plan, state = result.round.plan, result.state
    if state not in ResultState.handed_in() or review_lock(result.round):
        return {}
    if can_run_rounds(user):
        decision = {
            "url": address_of("review", result),
            "approves": state in waiting_for_coordinator(plan),
            "waits_for_head": state in waiting_for_head(plan),
        }
    elif heads_indicator(user, result.indicator) and state in waiting_for_head(plan):
        decision = {"url": address_of("endorse", result), "endorses": True}
    else:
        return {}
    by_head = "endorses" in decision
    form = form or ReviewForm(initial={"version": result.version}, by_head=by_head)
    return {"decision": decision, "review_form": form}


def thread_context(user, result) -> dict:
    """What `_comments.html` shows to those who see the value of a stored result; nothing to all others."""
    if result.pk is None or not sees_value(user, result):
        return {}
    return {
        "comments": result_thread(user, result),
        "comments_url": address_of("comments", result),
        "comment_form": CommentForm(),
    }
