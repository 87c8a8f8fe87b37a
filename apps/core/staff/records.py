"""The admin of a record: a live list, a page of facts and panels, and verbs. Never a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.admin import AllValuesFieldListFilter
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import BadRequest, FieldDoesNotExist, PermissionDenied
from django.db.models import CharField, ForeignKey, Model, Q, QuerySet, UUIDField
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from unfold.admin import ModelAdmin

from apps.core.htmx import is_partial
from apps.core.replica import prefer_replica
from apps.core.staff import roles
from apps.core.staff.columns import Column, auto
from apps.core.staff.large import EndingPaginator, FoundPaginator, ValuesFilter
from apps.core.staff.panels import Total, panels_for

Facts = Sequence[tuple[str, Sequence[str | Column]]]


class RecordList(ChangeList):
    """A page of rows, handed to the admin once to be completed in bulk."""

    def get_results(self, request: HttpRequest) -> None:
        """Fetch the page and let the admin attach what costs a query per page."""
        super().get_results(request)
        self.result_list = list(self.paginator.get_page(self.page_num).object_list)
        admin: Any = self.model_admin
        admin.complete(self.result_list)


class RecordAdmin(ModelAdmin):  # type: ignore[misc]
    """
    Read-only for everybody; `view_role` opens it, verbs change it.

    `search_fields` are whole lookups (`email__icontains`); `search_ids` are UUID columns that a
    term which is a UUID is compared with. `related` is selected with every row.
    """

    view_role: ClassVar[str] = roles.VIEWER
    related: ClassVar[Sequence[str]] = ()
    facts: ClassVar[Facts] = ()
    search_ids: ClassVar[Sequence[str]] = ("id",)
    # Whether a search field reaches several rows of another table.
    search_is_plural: ClassVar[bool] = False
    search_hint: ClassVar[str] = "Search"
    # The parameter of the filter that is shown as tabs above the list.
    tabs: ClassVar[str] = ""
    icon: ClassVar[str] = "data_object"
    # Whether events about the record are shown on its page.
    has_timeline: ClassVar[bool] = True
    empty_text: ClassVar[str] = "Nothing here yet."

    actions = None
    list_per_page = 50
    show_full_result_count = False
    change_list_template = "backoffice/list.html"
    change_form_template = "backoffice/record.html"

    # Who may look, and who may act.

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the user's role opens these records."""
        return roles.reaches(request.user, self.view_role)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the records show up in the navigation."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: records are made by operations."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: records are changed by verbs."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def may(self, request: HttpRequest, role: str) -> bool:
        """Whether the user sees the records and has at least `role`."""
        return self.has_view_permission(request) and roles.reaches(request.user, role)

    def has_support_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """For verbs of support and above."""
        return self.may(request, roles.SUPPORT)

    def has_finance_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """For verbs of finance and above."""
        return self.may(request, roles.FINANCE)

    def has_admin_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """For verbs of admins."""
        return self.may(request, roles.ADMIN)

    # Reading.

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        """The filters; those that offer what a column has remember it."""
        return [self._remembering(one) for one in self.list_filter]

    def _remembering(self, declared: Any) -> Any:
        if isinstance(declared, tuple) and declared[1] is AllValuesFieldListFilter:
            return (declared[0], ValuesFilter)
        if not isinstance(declared, str) or "__" in declared:
            return declared
        field = self.opts.get_field(declared)
        has_values = isinstance(field, CharField) and not field.choices
        return (declared, ValuesFilter) if has_values else declared

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """All rows with their `related` ones."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related(*self.related)

    def get_paginator(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> EndingPaginator:
        """What counts the rows and cuts them into pages."""
        kind = FoundPaginator if request.GET.get(SEARCH_VAR) else EndingPaginator
        return kind(queryset, *args, **kwargs)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RecordList]:
        """Rows that can be completed in bulk."""
        return RecordList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Filters of the list, and ids: an address must not probe other columns, such as hashes."""
        declared = {_parameter_of(one) for one in self.list_filter}
        ends = ("", "__exact", "__in", "__isnull", "__gte", "__lt")
        if any(lookup.removesuffix(end) in declared for end in ends):
            return True
        name, _, rest = lookup.partition("__")
        if rest not in ("", "exact", "id", "id__exact"):
            return False
        try:
            field = self.opts.get_field(name.removesuffix("_id"))
        except FieldDoesNotExist:
            field = next((one for one in self.opts.fields if one.name == name), None)
        return isinstance(field, ForeignKey | UUIDField)

    def subjects_of(self, record: Any) -> list[tuple[str, Any]]:
        """(kind, id) of the records whose events make up its timeline; itself unless overridden."""
        return [(self.opts.model_name or "", record.pk)]

    def title_of(self, record: Any) -> str:
        """What the record is called where it stands alone: on its page, among hits."""
        return str(record)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """None: a record has facts, not a form."""
        return []

    def complete(self, rows: list[Any]) -> None:
        """Attach to the rows of one page what their columns need; a constant number of queries."""

    def totals(self, rows: QuerySet[Any]) -> list[Total]:
        """What the rows of the list, as filtered, come to; shown above them. None by default."""
        return []

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows that match the whole term in one of the search fields, or as an id."""
        term = search_term.strip().replace("\x00", "")
        if not term:
            return queryset, False
        wanted = Q()
        key = as_uuid(term)
        for name in self.search_ids if key else ():
            wanted |= Q(**{name: key})
        for lookup in self.search_fields:
            wanted |= Q(**{lookup: term})
        return (queryset.filter(wanted) if wanted else queryset.none()), self.search_is_plural

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """The record, read once per request."""
        kept = request.__dict__.setdefault("_staff_records", {})
        place = (self.model, str(object_id))
        if place not in kept:
            kept[place] = super().get_object(request, object_id, from_field)
        return kept[place]

    def found(self, request: HttpRequest, object_id: str | None) -> Any:
        """The record of a verb; None for a verb of the list."""
        if object_id is None:
            return None
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404
        return record

    def address_after(self, record: Model | None) -> str:
        """Where a verb leads back to."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if record is None:
            return reverse(f"{name}_changelist")
        return reverse(f"{name}_change", args=[record.pk])

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """The verbs that the user may do and the record allows now."""
        allowed = super().get_actions_detail(request, object_id)
        record = self.get_object(request, str(object_id))
        return [one for one in allowed if _is_available(one.method, record)]

    # Pages.

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list: a whole page, or for HTMX its rows alone."""
        prefer_replica()
        # The database cannot even be asked for NUL; `q` is cleaned where it is used.
        asked = [value for name, values in request.GET.lists() if name != "q" for value in values]
        if any("\x00" in value for value in asked):
            raise BadRequest
        response: HttpResponse = super().changelist_view(request, extra_context)
        patch_vary_headers(response, ["HX-Request"])
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            response.context_data["listing"] = response.context_data.pop("cl", None)
            response.context_data["record_admin"] = self
            if is_partial(request):
                response.template_name = f"{self.change_list_template}#rows"
        return response

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page of one record."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        page: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return page

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Facts and panels in place of a form."""
        record = context.get("original")
        if record is not None:
            self.complete([record])
            record.staff_title = context["subtitle"] = self.title_of(record)
            context["fact_groups"] = self.facts_of(record)
            context["subjects"] = self.subjects_of(record) if self.has_timeline else []
            context["panels"] = panels_for(record, request)
        page: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return page

    def facts_of(self, record: Any) -> list[tuple[str, list[tuple[str, str, Any]]]]:
        """(group, [(title, kind, value)]) in the declared order."""
        groups = []
        for title, names in self.facts:
            columns = [auto(self.model, one) if isinstance(one, str) else one for one in names]
            rows = [
                (str(one.short_description), getattr(one, "kind", ""), one(record))  # type: ignore[attr-defined]
                for one in columns
            ]
            groups.append((title, rows))
        return groups


def as_uuid(term: str) -> UUID | None:
    """The term as a UUID, if it is one."""
    try:
        return UUID(term)
    except ValueError:
        return None


def _parameter_of(declared: Any) -> str:
    """The query parameter of an entry of `list_filter`: a field, a pair, or a class."""
    if isinstance(declared, type):
        return str(declared.parameter_name)  # type: ignore[attr-defined]
    return str(declared[0] if isinstance(declared, tuple) else declared)


def _is_available(method: Any, record: Any) -> bool:
    test = getattr(method, "available", None)
    return test is None or (record is not None and bool(test(record)))
