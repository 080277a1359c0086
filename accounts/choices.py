"""Closed lists of the accounts app, with the groupings that rules ask for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OFFICER = "officer", _("부서 담당자")
    HEAD = "head", _("부서장")
    COORDINATOR = "coordinator", _("총괄 담당자")
    COMMITTEE = "committee", _("위원")
    ADMINISTRATOR = "administrator", _("시스템 관리자")

    @classmethod
    def of_department(cls) -> set["Role"]:
        """Roles that belong to a department."""
        return {cls.OFFICER, cls.HEAD}

    @classmethod
    def plan_keepers(cls) -> set["Role"]:
        """Roles that keep the plan's reference data and run its rounds."""
        return {cls.COORDINATOR, cls.ADMINISTRATOR}


class Action(models.TextChoices):
    """What was done, for activity entries. The stored word is the field's; the label is what people read."""

    CREATED = "created", _("등록")
    CHANGED = "changed", _("수정")
    DELETED = "deleted", _("삭제")
    PASSWORD_SET = "password_set", _("비밀번호 재설정")
    ROUND_PLANNED = "round_planned", _("점검 회차 계획")
    ROUND_OPENED = "round_opened", _("점검 회차 시작")
    ROUND_CLOSED = "round_closed", _("점검 회차 마감")
    ROUND_EXTENDED = "round_extended", _("제출 기한 연장")
    RESULT_SAVED = "result_saved", _("실적 저장")
    RESULT_SUBMITTED = "result_submitted", _("실적 제출")
    RESULT_RETURNED = "result_returned", _("실적 반려")
    RESULT_ENDORSED = "result_endorsed", _("부서장 확인")
    RESULT_APPROVED = "result_approved", _("실적 승인")
    RESULT_CORRECTED = "result_corrected", _("실적 정정")
    PUBLISHED = "published", _("공표")
    COMMENTED = "commented", _("의견")
    EVIDENCE_ADDED = "evidence_added", _("증빙 올림")
    EVIDENCE_REMOVED = "evidence_removed", _("증빙 삭제")
    WORKBOOK_CONFIRMED = "workbook_confirmed", _("엑셀 자료 반영")
    MILESTONES_IMPORTED = "milestones_imported", _("목표치 일괄 수정")
    REMINDED = "reminded", _("제출 독촉")
    HANDED_OVER = "handed_over", _("업무 인계")
    DEPARTMENT_CHANGED = "department_changed", _("조직 개편")
    FORUM_OPENED = "forum_opened", _("숙의공론장 개설")
    PAPERS_PUBLISHED = "papers_published", _("입장문서 공개")
    QUESTION_SENT = "question_sent", _("질의 발송")
    REPLY_SAVED = "reply_saved", _("답변 저장")
    REPLY_SUBMITTED = "reply_submitted", _("답변 제출")
    REPLY_RETURNED = "reply_returned", _("답변 보완 요청")
    REPLY_CONSOLIDATED = "reply_consolidated", _("답변 종합")
    REPLIES_PUBLISHED = "replies_published", _("답변 공개")
    COMMITMENT_REPORTED = "commitment_reported", _("이행 보고")
    COMMITMENT_DECIDED = "commitment_decided", _("이행 보고 검토")
    CHECK_MARKED = "check_marked", _("점검 결과 처리")
    INDICATOR_RATED = "indicator_rated", _("지표 평가")
    COMMITTEE_COMMENTED = "committee_commented", _("위원회 의견")
    COMMENT_ANSWERED = "comment_answered", _("의견 답변")
    SIGNED_IN = "signed_in", _("로그인")
    SIGNED_OUT = "signed_out", _("로그아웃")
    SIGN_IN_LOCKED = "sign_in_locked", _("로그인 잠김")
    SIGN_IN_UNLOCKED = "sign_in_unlocked", _("로그인 잠금 해제")
    SECOND_FACTOR_SET = "second_factor_set", _("2단계 인증 설정")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("2단계 인증 해제")
    SECOND_FACTOR_RESET = "second_factor_reset", _("2단계 인증 초기화")
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed", _("복구 코드 재발급")
    PASSWORD_CHANGED = "password_changed", _("비밀번호 변경")
    SESSIONS_ENDED = "sessions_ended", _("모든 기기에서 로그아웃")
    PERMISSIONS_CHANGED = "permissions_changed", _("권한 변경")
