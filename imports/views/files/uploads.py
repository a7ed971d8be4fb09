"""Take a file in, and offer templates to those who have none yet."""

from __future__ import annotations

import json
from typing import cast

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from imports.core.errors import FileFormatError
from imports.core.providers import PROVIDERS
from imports.core.readers import SYNTAX_NAMES
from imports.core.records.schema import TemplateSyntax, build_schema, build_template
from imports.services.files.uploads import create_job
from imports.views.files.forms import UploadForm
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import render_page

CONTENT_TYPES = {"csv": "text/csv", "json": "application/json", "ndjson": "application/x-ndjson"}


@require_http_methods(["GET", "HEAD", "POST"])
@requires("imports.add_importjob", takes_files=True)
def upload_file(request: StaffRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if form.is_valid():
        try:
            job = create_job(
                form.cleaned_data["file"],
                actor=request.user,
                name=form.cleaned_data["name"],
                chosen=form.read_chosen(),
                provider=form.cleaned_data["provider"],
            )
        except FileFormatError as error:
            form.add_error("file", f"{error} {error.problem.kind.advice}")
        else:
            return redirect("imports:mapping", job.pk)
    return render_page(
        request,
        "imports/files/upload.html",
        title="Upload a file",
        step="upload",
        form=form,
        providers=list(PROVIDERS.values()),
        syntaxes={syntax: SYNTAX_NAMES[syntax] for syntax in CONTENT_TYPES},
        status=422 if form.errors else 200,
    )


@require_safe
@requires("imports.add_importjob")
def download_template(request: StaffRequest, syntax: str) -> HttpResponse:

    if syntax not in CONTENT_TYPES:
        raise Http404
    return HttpResponse(
        build_template(cast("TemplateSyntax", syntax)),
        content_type=f"{CONTENT_TYPES[syntax]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="userferry-template.{syntax}"'},
    )


@require_safe
@requires("imports.add_importjob")
def download_schema(request: StaffRequest) -> HttpResponse:

    return HttpResponse(
        json.dumps(build_schema(), indent=2, ensure_ascii=False),
        content_type="application/schema+json",
        headers={"Content-Disposition": 'attachment; filename="userferry-record.schema.json"'},
    )
