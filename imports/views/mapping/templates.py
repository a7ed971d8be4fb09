"""Mapping templates: used for a job, saved from one, and exchanged as JSON files."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from imports.core.errors import ImporterError
from imports.models import ImportJob, TemplateVersion
from imports.services.mapping import templates
from imports.views.mapping.display import show_mapping
from imports.views.mapping.opening import open_page, save_page
from imports.views.mapping.template_forms import TemplateFileForm
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown, render_page

SHOWN_COLUMNS = 10


@require_POST
@requires("imports.add_importjob")
@requires("imports.view_mappingtemplate")
def use_template(request: StaffRequest, job_id: int) -> HttpResponse:
    """Give the job the mapping of a template, and say what of it the file does not have."""
    job = get_object_or_404(ImportJob, pk=job_id)
    wanted = request.POST.get("version", "")
    versions = TemplateVersion.objects.select_related("template")
    version = (
        versions.filter(pk=wanted).first() if wanted.isdecimal() and len(wanted) < 19 else None
    )
    if version is None:
        messages.error(request, "The template has been deleted. Choose another.")
        return redirect("imports:mapping", job_id)
    try:
        fitted = templates.apply_template(
            job, version, actor=request.user, shown=read_shown(request)
        )
    except ImporterError as error:
        messages.error(request, str(error))
        return redirect("imports:mapping", job_id)
    messages.success(request, f"{version} applied.")
    if fitted.missing:
        messages.warning(
            request,
            f"The file lacks these columns of the template: {_list_columns(fitted.missing)}.",
        )
    if fitted.new:
        messages.warning(
            request,
            "These columns are not in the template and stay unmapped: "
            f"{_list_columns(fitted.new)}.",
        )
    return redirect("imports:mapping", job_id)


def _list_columns(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN_COLUMNS} more" if len(names) > SHOWN_COLUMNS else ""
    return ", ".join(names[:SHOWN_COLUMNS]) + more


@sensitive_post_parameters()
@require_POST
@requires("imports.add_importjob")
@requires("imports.add_mappingtemplate")
def save_template(request: StaffRequest, job_id: int) -> HttpResponse:
    """Save the mapping as it was sent, and keep it as a template."""
    job = get_object_or_404(ImportJob, pk=job_id)
    page = open_page(job, request)
    if not save_page(request, page):
        return show_mapping(request, page)
    try:
        version = templates.save_template(
            job, request.POST.get("template_name", ""), actor=request.user
        )
    except ImporterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Mapping saved as {version}.")
    return redirect("imports:mapping", job_id)


@require_GET
@requires("imports.view_mappingtemplate")
def export_template(request: StaffRequest, version_id: int) -> HttpResponse:
    """Return a version as a file to be kept elsewhere or imported in another installation."""
    versions = TemplateVersion.objects.select_related("template")
    version = get_object_or_404(versions, pk=version_id)
    name = slugify(version.template.name) or "mapping"
    return HttpResponse(
        templates.export_template(version),
        content_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}-{version.number}.template.json"'
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("imports.add_mappingtemplate")
def import_template(request: StaffRequest) -> HttpResponse:
    """Take in a file that `export_template` made."""
    form = TemplateFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        content = form.cleaned_data["file"].read(templates.FILE_LIMIT + 1)
        name = form.cleaned_data["name"]
        try:
            version = templates.import_template(content, actor=request.user, name=name)
        except ImporterError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, f"{version} imported.")
            if request.user.has_perm("imports.view_mappingtemplate"):
                return redirect("admin:imports_mappingtemplate_change", version.template_id)
            return redirect("imports:import_template")
    return render_page(
        request,
        "imports/mapping/template_import.html",
        title="Import a mapping template",
        form=form,
        back=reverse("admin:imports_mappingtemplate_changelist"),
        status=422 if form.errors else 200,
    )
