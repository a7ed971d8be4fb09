"""The pages that test a password or a code on one record; what is typed is kept nowhere."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.authenticators.code_search import CodeReading
from accounts.authenticators.totp import Parameters
from accounts.counters import count_one
from imports.core.errors import ImporterError
from imports.models import ImportJob
from imports.services.mapping.sign_in_tests import (
    CodeTest,
    PasswordTest,
    run_code_test,
    run_password_test,
    set_code_reading,
    set_format,
)
from imports.states import JobAction, may
from imports.views.mapping.sign_in_forms import (
    CodeReadingForm,
    CodeTestForm,
    PasswordTestForm,
    SignInTestForm,
)
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown, render_page

# More than anybody types, fewer than make a search for the password of somebody else.
TESTS, TEST_SECONDS = 10, 60


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@requires("imports.add_importjob")
def test_sign_in_password(request: StaffRequest, job_id: int) -> HttpResponse:
    return _show_test(
        request,
        job_id,
        PasswordTestForm,
        run_password_test,
        "imports/mapping/test_sign_in_password.html",
    )


@require_POST
@requires("imports.add_importjob")
def use_format(request: StaffRequest, job_id: int) -> HttpResponse:
    """Set the format that a test found on the mapping."""
    job = get_object_or_404(ImportJob, pk=job_id)
    given = request.POST.dict()
    params = {name[6:]: value for name, value in given.items() if name.startswith("param-")}
    try:
        set_format(
            job, given.get("format", ""), params, actor=request.user, shown=read_shown(request)
        )
    except ImporterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The mapping now uses this format for all hashes.")
    return redirect("imports:mapping", job_id)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@requires("imports.add_importjob")
def test_sign_in_code(request: StaffRequest, job_id: int) -> HttpResponse:
    return _show_test(
        request, job_id, CodeTestForm, run_code_test, "imports/mapping/test_sign_in_code.html"
    )


@require_POST
@requires("imports.add_importjob")
def use_code_reading(request: StaffRequest, job_id: int) -> HttpResponse:
    """Set on the mapping how the secrets are written and used, as a test found."""
    job = get_object_or_404(ImportJob, pk=job_id)
    form = CodeReadingForm(request.POST)
    if not form.is_valid():
        messages.error(request, "This is not a tested reading. Test a code first.")
        return redirect("imports:test_sign_in_code", job_id)
    found = form.cleaned_data
    parameters = Parameters(found["algorithm"], found["digits"], found["period"])
    try:
        reading = CodeReading(found["notation"], parameters, 0)
        set_code_reading(job, reading, actor=request.user, shown=read_shown(request))
    except ImporterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The mapping now reads all secrets this way.")
    return redirect("imports:mapping", job_id)


@sensitive_variables("form")
def _show_test(
    request: StaffRequest,
    job_id: int,
    form_class: type[SignInTestForm],
    run_test: Callable[[ImportJob, str, str], PasswordTest | CodeTest],
    template: str,
) -> HttpResponse:
    """Show the form of a test and, once it is sent, the result."""
    job = get_object_or_404(ImportJob, pk=job_id)
    form = form_class(request.POST if request.method == "POST" else None)
    tested = None
    if form.is_valid():
        if not _take_turn(request):
            form.add_error(
                None,
                f"Only {TESTS} tests a minute are allowed. Wait a minute, then try again.",
            )
        else:
            try:
                tested = run_test(job, form.cleaned_data["record"], form.cleaned_data[form.typed])
            except ImporterError as error:
                form.add_error("record", str(error))
    return render_page(
        request,
        template,
        title=str(job),
        job=job,
        step="mapping",
        form=form,
        tested=tested,
        is_editable=may(job, JobAction.MAP),
        status=422 if form.errors else 200,
    )


def _take_turn(request: StaffRequest) -> bool:
    return count_one(f"sign-in-test:{request.user.pk}", TEST_SECONDS) <= TESTS
