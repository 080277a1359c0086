from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from sdgplan.admin import KeeperAdmin, KeeperInline, ReadOnlyAdmin

from .choices import Action, Role
from .models import ActivityEntry, Department, Team, User
from .services import record_activity

admin.site.unregister(Group)  # roles decide what people may do


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
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password", "name", "email"]}),
        (_("역할"), {"fields": ["role", "department", "is_active"]}),
        (_("기록"), {"fields": ["last_login", "date_joined"]}),
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

    def user_change_password(self, request, id, form_url=""):
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            record_activity(actor=request.user, action=Action.PASSWORD_SET, subject=self.get_object(request, id))
        return response

    def has_delete_permission(self, request, obj=None):
        return False  # people leave by being switched off, so that traces keep their actor


@admin.register(ActivityEntry)
class ActivityEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor_name", "action", "subject_label"]
    list_filter = ["action"]
    search_fields = ["actor_name", "subject_label"]
    date_hierarchy = "at"
