from functools import partial

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.admin import StaticDevice
from django_otp.plugins.otp_totp.admin import TOTPDevice

from accounts.admin_base import KeeperAdmin, KeeperInline, ReadOnlyAdmin
from accounts.choices import Action, Role
from accounts.models import ActivityEntry, Department, Team, User
from accounts.services.second_factor import reset_second_factor
from accounts.services.sign_in import end_sessions, hand_out_password, unlock_account

admin.site.unregister(Group)  # roles decide what people may do
admin.site.unregister([TOTPDevice, StaticDevice])  # secrets are nobody's to look at


class TeamInline(KeeperInline):
    model = Team


@admin.register(Department)
class DepartmentAdmin(KeeperAdmin):
    list_display = ["name", "slug", "valid_from", "valid_to"]
    search_fields = ["name", "teams__name"]
    inlines = [TeamInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "valid_from", "valid_to", "predecessors", "source_line", "note"],
                "description": _(
                    "여기서는 오기만 바로잡습니다. 이름이 바뀌거나 합쳐지거나 나뉠 때는 ‘담당자·조직’의 조직 개편을 "
                    "써야 당시 이름이 남습니다."
                ),
            },
        )
    ]


@admin.register(User)
class UserAdmin(KeeperAdmin, DjangoUserAdmin):
    """People. A coordinator may not touch administrators, nor make any."""

    list_display = ["username", "name", "role", "department", "is_active", "last_login"]
    list_filter = ["role", "is_active", "department"]
    search_fields = ["username", "name"]
    ordering = ["username"]
    filter_horizontal = []
    autocomplete_fields = ["department"]
    readonly_fields = ["last_login", "date_joined", "handed_out_at"]
    actions = ["unlock", "end_all_sessions", "reset_devices"]
    fieldsets = [
        (None, {"fields": ["username", "password", "name", "email"]}),
        (_("역할"), {"fields": ["role", "department", "is_active"]}),
        (_("기록"), {"fields": ["last_login", "handed_out_at", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "name", "role", "department", "usable_password", "password1", "password2"],
            },
        )
    ]

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "role" and request.user.role != Role.ADMINISTRATOR:
            kwargs["choices"] = [choice for choice in Role.choices if choice[0] != Role.ADMINISTRATOR]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        is_administrator = obj is not None and (obj.role == Role.ADMINISTRATOR or obj.is_superuser)
        return allowed and (not is_administrator or request.user.role == Role.ADMINISTRATOR)

    def save_model(self, request, obj, form, change):
        if not change and obj.has_usable_password():
            obj.handed_out_at = timezone.now()
        super().save_model(request, obj, form, change)

    def action_of_change(self, form):
        deciding = {"role", "department", "is_active"}
        return Action.PERMISSIONS_CHANGED if deciding & set(form.changed_data) else Action.CHANGED

    def user_change_password(self, request, id, form_url=""):
        if str(request.user.pk) == str(id):
            return redirect("accounts:password")  # which asks for the old one
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            hand_out_password(actor=request.user, user=self.get_object(request, id))
        return response

    def _for_each(self, request, queryset, act, done):
        """Do *act* for all chosen people whom this person may change, and say how many."""
        allowed = [user for user in queryset if self.has_change_permission(request, user)]
        count = sum(act(user) is not False for user in allowed)
        self.message_user(request, done % {"n": count})
        if len(allowed) < len(queryset):
            self.message_user(request, _("시스템 관리자의 계정은 시스템 관리자만 바꿀 수 있습니다."), messages.WARNING)

    @admin.action(description=_("로그인 잠금 해제"))
    def unlock(self, request, queryset):
        act = partial(unlock_account, actor=request.user)
        self._for_each(request, queryset, lambda user: act(user=user), _("%(n)d명의 로그인 잠금을 풀었습니다."))

    @admin.action(description=_("모든 기기에서 로그아웃"))
    def end_all_sessions(self, request, queryset):
        act = partial(end_sessions, actor=request.user)
        self._for_each(request, queryset, lambda user: act(user=user), _("%(n)d명을 모든 기기에서 로그아웃했습니다."))

    @admin.action(description=_("2단계 인증 초기화(기기를 잃어버린 사람)"))
    def reset_devices(self, request, queryset):
        act = partial(reset_second_factor, actor=request.user)
        others = queryset.exclude(pk=request.user.pk)  # the own one asks for password and code
        self._for_each(request, others, lambda user: act(user=user), _("%(n)d명의 2단계 인증을 초기화했습니다."))

    def get_actions(self, request):
        actions = super().get_actions(request)
        if request.user.role != Role.ADMINISTRATOR:
            actions.pop("reset_devices", None)
        return actions

    def has_delete_permission(self, request, obj=None):
        return False  # people leave by being switched off, so that traces keep their actor


@admin.register(ActivityEntry)
class ActivityEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "who", "action", "kind", "subject_label"]
    list_filter = ["action"]
    list_select_related = ["actor"]
    search_fields = ["actor_name", "subject_label"]
    date_hierarchy = "at"
    fields = ["at", "who", "action", "kind", "subject_label", "lines", "comment"]
    readonly_fields = ["who", "kind", "lines"]

    @admin.display(description=_("한 사람"), ordering="actor_name")
    def who(self, entry):
        return entry.actor_in_words

    @admin.display(description=_("대상 종류"), ordering="subject_type")
    def kind(self, entry):
        return entry.subject_kind

    @admin.display(description=_("바뀐 내용"))
    def lines(self, entry):
        return format_html_join("", "<div>{}</div>", ((line,) for line in entry.change_lines)) or None
