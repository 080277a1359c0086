"""What all admin pages share: open to those who keep the plan, and every change leaves a trace."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.choices import Action
from accounts.services import record_activity

admin.site.site_header = _("지속가능발전 이행계획 기준정보")
admin.site.site_title = _("기준정보")
admin.site.index_title = _("기준정보 관리")


def _changes(form) -> list[tuple[str, str, str]]:
    """Old and new of the fields a person changed; passwords are never told."""
    return [
        (form.fields[name].label or name, form.initial.get(name) or "", form.cleaned_data.get(name, ""))
        for name in form.changed_data
        if name in form.fields and "password" not in name
    ]


class KeeperAdmin(admin.ModelAdmin):
    """Reference data that coordinators and administrators keep."""

    def has_module_permission(self, request):
        return request.user.is_authenticated and request.user.is_staff

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_add_permission(self, request, *args):
        return self.has_module_permission(request)

    def has_change_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_delete_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def save_related(self, request, form, formsets, change):
        """Called once for every save, after the object itself is stored: the place to tell all that changed."""
        super().save_related(request, form, formsets, change)
        changes = _changes(form)
        for formset in formsets:
            for row in formset.forms:
                changes += [(f"{row.instance}: {label}", old, new) for label, old, new in _changes(row)]
            changes += [(str(row), _("있음"), _("삭제")) for row in formset.deleted_objects]
        action = Action.CHANGED if change else Action.CREATED
        record_activity(actor=request.user, action=action, subject=form.instance, changes=changes)

    def delete_model(self, request, obj):
        record_activity(actor=request.user, action=Action.DELETED, subject=obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            record_activity(actor=request.user, action=Action.DELETED, subject=obj)
        super().delete_queryset(request, queryset)


class KeeperInline(admin.TabularInline):
    """Rows edited on the page of what they belong to."""

    extra = 0

    def has_view_permission(self, request, obj=None):
        return request.user.is_staff

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class ReadOnlyAdmin(KeeperAdmin):
    """Records that only the work pages write; here they can be looked up."""

    def has_add_permission(self, request, *args):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
