"""The rows of links at the head of every page: where each leads, who sees it, and which pages stand under it."""

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class NavLink:
    """One link. *address* is the name of an address that takes the plan's slug; *pages* are patterns of the names of
    the pages under it, besides its own; *is_for* says of somebody who signed in whether they see it.
    """

    address: str
    label: str
    pages: tuple[str, ...] = ()
    is_for: Callable = lambda user: True

    def leads_to(self, page: str) -> bool:
        return page == self.address or any(fnmatchcase(page, pattern) for pattern in self.pages)


def _reports(user) -> bool:
    return user.is_officer or user.is_head


def _oversees(user) -> bool:
    return user.keeps_plan or user.is_committee


PUBLIC_LINKS = (
    NavLink("plans:home", _("한눈에 보기"), ("plans:area",)),
    NavLink("indicators:dashboard", _("이행현황")),
    NavLink("plans:tasks", _("이행과제"), ("plans:task",)),
    NavLink("indicators:indicators", _("이행지표"), ("indicators:indicator", "indicators:why")),
    NavLink("plans:departments", _("담당부서"), ("plans:department",)),
    NavLink(
        "stakeholders:voices",
        _("의견과 답변"),
        ("stakeholders:opinions", "stakeholders:group", "stakeholders:opinion"),
    ),
    NavLink("plans:method", _("판정 방법")),
    NavLink("plans:about", _("계획 소개")),
)
WORK_LINKS = (
    NavLink(
        "indicators:work",
        _("내 업무"),
        (
            "indicators:result",
            "indicators:grid",
            "indicators:workbook*",
            "indicators:committee_comment",
            "stakeholders:question",
            "stakeholders:commitment",
        ),
        _reports,
    ),
    NavLink("indicators:endorse_home", _("부서장 확인"), ("indicators:endorse*",), lambda user: user.is_head),
    NavLink("indicators:work_dashboard", _("이행현황(미공표 포함)"), (), _oversees),
    NavLink(
        "indicators:rounds",
        _("이행점검"),
        (
            "indicators:round*",
            "indicators:review*",
            "indicators:workbook*",
            "indicators:milestones*",
            "indicators:correct",
            "indicators:result",
        ),
        _oversees,
    ),
    NavLink(
        "stakeholders:deliberations",
        _("숙의공론장"),
        (
            "stakeholders:deliberation",
            "stakeholders:paper*",
            "stakeholders:opinion_*",
            "stakeholders:question*",
            "stakeholders:repl*",
            "stakeholders:consolidate",
            "stakeholders:commitment*",
            "stakeholders:report_decide",
        ),
        _oversees,
    ),
    NavLink(
        "indicators:committee_list",
        _("평가·점검"),
        ("indicators:committee*", "indicators:rate", "indicators:checks", "indicators:revision"),
        _oversees,
    ),
    NavLink(
        "indicators:people",
        _("담당자·조직"),
        (
            "indicators:department_people",
            "indicators:handover*",
            "plans:organisation",
            "plans:rename",
            "plans:merge",
            "plans:split",
        ),
        lambda user: user.keeps_plan,
    ),
)


@lru_cache
def links_to(page: str) -> frozenset[NavLink]:
    """The links under which the page of this name (`room:address`) stands. They are shown as the current place."""
    return frozenset(link for link in PUBLIC_LINKS + WORK_LINKS if link.leads_to(page))


def links_for(user) -> list[NavLink]:
    """The links to pages of work that somebody who signed in sees, in their order."""
    return [link for link in WORK_LINKS if link.is_for(user)]
