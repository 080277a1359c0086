"""Who: people, their roles and departments, and the trace of what they did."""

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action, Role
from commons.fields import DataField, LineField, MailField, ProseField
from commons.models import AppendOnlyError


class DepartmentQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def valid_on(self, day):
        """Departments that exist on *day*."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )


class Department(models.Model):
    name = LineField(_("부서명"), max_length=60)
    slug = models.SlugField(_("주소용 이름"), unique=True, help_text=_("공개 주소에 쓰이는 영문 이름입니다."))
    valid_from = models.DateField(_("설치일"), null=True, blank=True)
    valid_to = models.DateField(_("폐지일"), null=True, blank=True)
    predecessors = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="successors",
        blank=True,
        verbose_name=_("앞선 부서"),
        help_text=_("이름이 바뀌거나 합쳐지거나 나뉘기 전의 부서입니다."),
    )
    source_line = models.PositiveIntegerField(_("보고서 줄 번호"), null=True, blank=True)
    note = ProseField(_("비고"), blank=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("부서")
        verbose_name_plural = _("부서")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="department_valid_dates",
                violation_error_message=_("폐지일은 설치일보다 빠를 수 없습니다."),
            ),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.slug,)


class TeamQuerySet(models.QuerySet):
    def get_by_natural_key(self, department_slug, name):
        return self.get(department__slug=department_slug, name=name)


class Team(models.Model):
    department = models.ForeignKey(Department, models.PROTECT, related_name="teams", verbose_name=_("부서"))
    name = LineField(_("팀명"), max_length=60)
    valid_from = models.DateField(_("설치일"), null=True, blank=True)
    valid_to = models.DateField(_("폐지일"), null=True, blank=True)
    source_line = models.PositiveIntegerField(_("보고서 줄 번호"), null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("팀")
        verbose_name_plural = _("팀")
        ordering = ["department__name", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"],
                name="team_unique_in_department",
                violation_error_message=_("이 부서에 같은 이름의 팀이 있습니다."),
            ),
        ]

    def __str__(self):
        return f"{self.department.name} {self.name}"

    def natural_key(self):
        return (self.department.slug, self.name)

    natural_key.dependencies = ["accounts.department"]


class UserManager(BaseUserManager):
    use_in_migrations = True

    def create_user(self, username, password=None, **fields):
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username, password=None, **fields):
        return self.create_user(username, password, role=Role.ADMINISTRATOR, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. One role each; an officer belongs to a department."""

    username = models.CharField(
        _("아이디"),
        max_length=60,
        unique=True,
        validators=[ASCIIUsernameValidator()],
        error_messages={"unique": _("이미 쓰고 있는 아이디입니다.")},
    )
    name = LineField(_("표시 이름"), max_length=60)
    email = MailField(_("전자우편"), blank=True)
    role = models.CharField(_("역할"), max_length=20, choices=Role.choices, default=Role.OFFICER)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("부서")
    )
    is_active = models.BooleanField(
        _("사용 중"), default=True, help_text=_("퇴직하거나 자리를 옮기면 삭제하지 말고 이 표시를 끄십시오.")
    )
    date_joined = models.DateTimeField(_("등록 일시"), default=timezone.now)
    handed_out_at = models.DateTimeField(
        _("임시 비밀번호 발급 일시"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("관리자가 정한 비밀번호입니다. 첫 로그인 때 바꾸어야 합니다."),
    )
    session_epoch = models.PositiveIntegerField(_("로그인 상태 차수"), default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("사용자")
        verbose_name_plural = _("사용자")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(role__in=["officer", "head"]) | Q(department__isnull=False),
                name="user_officer_has_department",
                violation_error_message=_("부서 담당자와 부서장은 부서를 지정해야 합니다."),
            ),
        ]

    def __str__(self):
        return self.name or self.username

    def _get_session_auth_hash(self, secret=None):
        """Sessions hold this hash and end when it changes: with the password, or when all sessions are ended."""
        own = super()._get_session_auth_hash(secret=secret)
        return f"{own}-{self.session_epoch}" if self.session_epoch else own

    @property
    def is_staff(self) -> bool:
        """Whether the admin site is open to this person."""
        return self.is_active and (self.is_superuser or self.keeps_plan)

    @property
    def keeps_plan(self) -> bool:
        return self.role in Role.plan_keepers()

    @property
    def is_officer(self) -> bool:
        return self.role == Role.OFFICER

    @property
    def is_head(self) -> bool:
        return self.role == Role.HEAD

    @property
    def is_committee(self) -> bool:
        return self.role == Role.COMMITTEE


class ActivityEntryQuerySet(models.QuerySet):
    def about(self, subject):
        """Entries about one object, newest first."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))

    def update(self, **fields):
        raise AppendOnlyError("activity entries are append-only")

    def delete(self):
        raise AppendOnlyError("activity entries are append-only")


class ActivityEntry(models.Model):
    """One act of one person: who, what, old and new, when. It keeps names in words and so outlives its subject."""

    at = models.DateTimeField(_("일시"), default=timezone.now, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, verbose_name=_("사용자")
    )
    actor_name = LineField(_("사용자 이름"), max_length=120)
    action = models.CharField(_("한 일"), max_length=30, choices=Action.choices)
    subject_type = LineField(_("대상 종류"), max_length=60)
    subject_id = LineField(_("대상 번호"), max_length=40)
    subject_label = LineField(_("대상"), max_length=300)
    changes = DataField(_("바뀐 내용"), default=list, help_text=_("항목, 이전 값, 새 값의 목록입니다."))
    comment = ProseField(_("의견·사유"), blank=True)

    objects = ActivityEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("활동 기록")
        verbose_name_plural = _("활동 기록")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="activity_subject")]

    def __str__(self):
        return f"{self.actor_name}: {self.get_action_display()} – {self.subject_label}"

    @property
    def actor_in_words(self) -> str:
        """The name at that time, and the role of today where the account is still there."""
        return f"{self.actor_name} ({self.actor.get_role_display()})" if self.actor else self.actor_name

    @property
    def subject_kind(self) -> str:
        """What kind of thing the entry is about, in words; the stored name where that kind is no more."""
        try:
            return str(apps.get_model(self.subject_type)._meta.verbose_name)
        except (LookupError, ValueError):
            return self.subject_type

    @property
    def change_lines(self) -> list[str]:
        """Each change as a line a person reads: item, old, new."""
        return [f"{label}: {old or '–'} → {new or '–'}" for label, old, new in self.changes]

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise AppendOnlyError("activity entries are append-only")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnlyError("activity entries are append-only")
