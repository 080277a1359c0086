"""What all admin pages share: open to those who keep the plan, and every change leaves a trace."""

import re
from io import BytesIO

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import NestedObjects
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import router, transaction
from django.db.models import Model
from django.forms import ChoiceField, ModelChoiceField, ModelMultipleChoiceField
from django.forms.formsets import DELETION_FIELD_NAME
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_tasks_db.admin import DBTaskResult
from import_export.admin import ExportMixin
from import_export.formats.base_formats import XLSX

from accounts.choices import Action
from accounts.models import ActivityEntry
from accounts.services import record_activity
from commons.form_fields import SeveralRowsField
from commons.spreadsheets import new_book
from commons.text import writable

HISTORY_PER_PAGE = 100

admin.site.site_header = _("지속가능발전 이행계획 기준정보")
admin.site.site_title = _("기준정보")
admin.site.index_title = _("기준정보 관리")
admin.site.unregister(DBTaskResult)  # the queue is the worker's; what came of it stands where it was asked for


def _changes(form) -> list[tuple[str, str, str]]:
    """Old and new of the fields a person changed; passwords are never told."""
    return [
        (field.label or name, _in_words(field, form.initial.get(name)), _in_words(field, form.cleaned_data.get(name)))
        for name, field in form.fields.items()
        if name in form.changed_data and "password" not in name and name != DELETION_FIELD_NAME
    ]


def _in_words(field, value) -> str:
    """What a field holds, as a person reads it: names for keys and codes."""
    if value is None or value == "":
        return ""
    if isinstance(field, ModelMultipleChoiceField):
        return ", ".join(map(str, value))
    if isinstance(field, ModelChoiceField) and not isinstance(value, Model):
        value = field.queryset.model._default_manager.filter(pk=value).first() or value
    elif isinstance(field, ChoiceField) and not isinstance(field, ModelChoiceField):
        value = dict(field.choices).get(value, value)
    if isinstance(value, bool):
        return str(_("예") if value else _("아니요"))
    return str(value)


def _ids(values) -> list:
    """What can be the id of a row, or nothing chosen. Django's own fields look up all that was sent, and then fail."""
    return [value for value in values if not value or re.fullmatch(r"[0-9]{1,18}", str(value))]


class ChooseOne(AutocompleteSelect):
    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, _ids(value), attr)


class ChooseMany(AutocompleteSelectMultiple):
    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, _ids(value), attr)


def _guarded(form_class, held, judge):
    """*form_class*, refusing what must not be written: *held* is why the stored row is closed, *judge* says it of the
    row as it would be stored. What was typed stays on the page, with the reason."""

    class GuardedForm(form_class):
        def full_clean(self):
            super().full_clean()
            if self.is_bound and not self.errors and (reason := held or judge(self.instance)):
                self.add_error(None, str(reason))

    GuardedForm.__name__ = form_class.__name__
    return GuardedForm


def _frozen_source(model):
    """The published record whose links to others *model* stores, or None."""
    source = model._meta.auto_created
    return source if source and getattr(source, "is_frozen", False) else None


class KeeperAdmin(admin.ModelAdmin):
    """Reference data that coordinators and administrators keep.

    What is published is looked up here and not written: an admin whose `closed_because` says why an object is closed
    shows it without a form, refuses a form that was opened before, and deletes it by no way.
    """

    object_history_template = "admin/activity_history.html"

    def closed_because(self, obj, *, hold: bool = False):
        """Why *obj* may be neither changed nor deleted, in a sentence; None when it may. With *hold* what decides is
        read anew and held until the transaction ends."""

    def get_form(self, request, obj=None, change=False, **kwargs):
        is_writing = request.method == "POST"
        held = self.closed_because(obj, hold=is_writing) if obj else None
        form = super().get_form(request, obj, change=change, **kwargs)
        return _guarded(form, held, lambda row: self.closed_because(row, hold=is_writing))

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and request.method != "POST" and (reason := self.closed_because(obj)):
            self.message_user(request, str(reason), messages.WARNING)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_deleted_objects(self, objs, request):
        """As Django tells it, and as protected also what is closed or linked to a published record, with the reason.

        What is protected is deleted by nobody, so permissions that are missing are not told beside it.
        """
        found, counted, missing, protected = super().get_deleted_objects(objs, request)
        protected = [*self._closed(objs, hold=request.method == "POST"), *protected]
        return found, counted, set() if protected else missing, protected

    def _closed(self, objs, *, hold: bool) -> list[str]:
        collector = NestedObjects(using=router.db_for_write(self.model), origin=objs)
        collector.collect(objs)
        reasons = []
        for model, rows in collector.model_objs.items():
            keeper = self.admin_site.get_model_admin(model) if self.admin_site.is_registered(model) else None
            source = _frozen_source(model)
            for row in sorted(rows, key=lambda row: row.pk):
                reason = keeper.closed_because(row, hold=hold) if isinstance(keeper, KeeperAdmin) else None
                if source:
                    row, reason = getattr(row, source._meta.model_name), _("공개된 기록이라 지울 수 없습니다.")
                if reason:
                    reasons.append(f"{row._meta.verbose_name} ‘{row}’ – {reason}")
        return reasons

    @transaction.atomic
    def response_action(self, request, queryset):
        """In one transaction, so that what is asked before a deletion still holds when it is done. What was ticked are
        ids of rows; Django fails on anything else."""
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if _ids(ticked) != ticked:
            raise BadRequest
        return super().response_action(request, queryset)

    def history_view(self, request, object_id, extra_context=None):
        """What the project keeps of an object, whoever changed it; Django's own log knows the admin alone."""
        response = super().history_view(request, object_id, extra_context)
        if context := getattr(response, "context_data", None):  # else the object is not there
            entries = ActivityEntry.objects.about(context["object"]).select_related("actor")
            paginator = self.get_paginator(request, entries, HISTORY_PER_PAGE)
            page = paginator.get_page(request.GET.get(PAGE_VAR, 1))
            context |= {
                "action_list": page,
                "page_range": paginator.get_elided_page_range(page.number),
                "pagination_required": paginator.num_pages > 1,
            }
        return response

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", ChooseOne(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs.setdefault("form_class", SeveralRowsField)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", ChooseMany(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_object(self, request, object_id, from_field=None):
        """The row; an empty `_to_field` in the address, on which Django fails, is none."""
        return super().get_object(request, object_id, from_field or None)

    def has_module_permission(self, request):
        return request.user.is_authenticated and request.user.is_staff

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_add_permission(self, request, *args):
        return self.has_module_permission(request)

    def has_change_permission(self, request, obj=None):
        """A closed object is shown without a form; one that was sent nevertheless is answered by the form itself."""
        is_shown = obj is not None and request.method != "POST"
        return self.has_module_permission(request) and not (is_shown and self.closed_because(obj))

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
        action = self.action_of_change(form) if change else Action.CREATED
        record_activity(actor=request.user, action=action, subject=form.instance, changes=changes)

    def action_of_change(self, form) -> Action:
        return Action.CHANGED

    def delete_model(self, request, obj):
        record_activity(actor=request.user, action=Action.DELETED, subject=obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            record_activity(actor=request.user, action=Action.DELETED, subject=obj)
        super().delete_queryset(request, queryset)


class ReferenceXlsx(XLSX):
    """A spreadsheet in which text is text: what begins with = is no formula, and numbers stay numbers."""

    def export_data(self, dataset, **kwargs) -> bytes:
        file = BytesIO()
        with new_book(file) as book:
            sheet = book.new_sheet("Sheet")
            sheet.freeze_panes(1, 0)
            bold = book.style({"bold": True})
            for row, values in enumerate([dataset.headers, *dataset]):
                for column, value in enumerate(values):
                    put = sheet.write_words if isinstance(value, str) else sheet.write
                    put(row, column, writable(value) if isinstance(value, str) else value, None if row else bold)
            for column, values in enumerate(zip(dataset.headers, *dataset, strict=True)):
                sheet.set_column(column, column, min(60, max(len(str(value or "")) for value in values) * 2 + 2))
        return file.getvalue()


class ExportingAdmin(ExportMixin, KeeperAdmin):
    """Reference data whose list, as it is filtered, can be taken along as a spreadsheet ("내보내기")."""

    formats = [ReferenceXlsx]
    skip_export_form = True

    def export_action(self, request):
        """The file, or the list with its word on filters that do not exist, as the list itself answers these."""
        try:
            return super().export_action(request)
        except IncorrectLookupParameters:
            return redirect(
                f"{reverse(f'admin:{self.opts.app_label}_{self.opts.model_name}_changelist')}?{ERROR_FLAG}=1"
            )

    def has_export_permission(self, request):
        return self.has_view_permission(request)

    def get_export_data(self, file_format, request, queryset, **kwargs):
        if not self.has_export_permission(request):
            raise PermissionDenied
        return file_format.export_data(self.get_data_for_export(request, queryset, force_native_type=True, **kwargs))


class KeeperInline(admin.TabularInline):
    """Rows edited on the page of what they belong to."""

    extra = 0

    def has_view_permission(self, request, obj=None):
        return request.user.is_staff

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class ReadOnlyAdmin(KeeperAdmin):
    """Records that only the work pages write; here they can be looked up."""

    def _titled(self, extra_context):
        """Django's own titles for pages that cannot be written are not Korean that anybody would write."""
        return {"title": _("%(name)s 조회") % {"name": self.opts.verbose_name}} | (extra_context or {})

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, self._titled(extra_context))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, form_url, self._titled(extra_context))

    def has_add_permission(self, request, *args):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
