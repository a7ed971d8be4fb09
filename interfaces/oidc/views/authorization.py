"""The page on which users arrive from an application: signs them in, asks them, sends them back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from allauth.idp.oidc.internal.oauthlib.utils import extract_params
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from oauthlib.oauth2.rfc6749.errors import FatalClientError, OAuth2Error

from accounts.models import User
from accounts.sign_in.reauthentication import find_confirmation_page
from accounts.sign_in.stages import is_password_expired
from interfaces.oidc.access import may_use
from interfaces.oidc.authentication import read_authentication
from interfaces.oidc.claims import OPENID, SCOPES
from interfaces.oidc.models import Application, ApplicationUser
from interfaces.oidc.server import get_server, has_consent
from interfaces.oidc.subjects import find_account
from interfaces.oidc.views.answers import (
    TARGET,
    allow_target,
    answer_application,
    show_refusal,
)

RESPONSE_MODES = (None, "query", "form_post")
NOT_SUPPORTED = ("request", "request_uri", "registration")
# Prompts that are fulfilled by another sign-in, and are gone from the URL that follows it.
SIGN_IN_PROMPTS = {"login", "select_account"}


class Refused(Exception):
    """The application is told of an error instead of getting a code."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error, self.description = error, description


@dataclass(frozen=True, slots=True)
class Question:
    """What an application asks: a request that has been found valid."""

    application: Application
    redirect_uri: str
    scopes: tuple[str, ...]
    prompts: frozenset[str]
    state: str | None
    response_mode: str | None
    max_age: int | None

    @property
    def is_silent(self) -> bool:
        return "none" in self.prompts


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class AuthorizationView(View):
    """The authorization endpoint (OpenID Connect Core, section 3.1.2).

    What is asked is in the URL, also while a form is filled in, and is looked at each time: nothing
    of it is believed from a form.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, decision=None)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take the user's decision, or a request by POST, which goes on as one by GET."""
        if "decision" not in request.POST:
            return HttpResponseRedirect(f"{request.path}?{request.POST.urlencode()}")
        response: HttpResponse = csrf_protect(self._decide)(request)
        return response

    def _decide(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, decision=request.POST["decision"])

    def _answer(self, request: HttpRequest, *, decision: str | None) -> HttpResponse:
        try:
            question = read_question(request)
        except FatalClientError as error:
            return explain(request, error)
        except OAuth2Error as error:
            return tell_error(request, error)
        try:
            return go_on(request, question, decision)
        except Refused as error:
            answer = {"error": error.error, "error_description": error.description}
            return send_back(request, question, answer)


def read_question(request: HttpRequest) -> Question:
    """Return what is asked; raises OAuth2Error, FatalClientError where nobody may be sent back."""
    uri, _, _, headers = extract_params(request)
    scopes, info = get_server().validate_authorization_request(uri, "GET", "", headers)
    max_age = request.GET.get("max_age", "")
    return Question(
        application=info["request"].client,
        redirect_uri=info["redirect_uri"],
        scopes=tuple(dict.fromkeys(scopes)),
        prompts=frozenset(info.get("prompt", ())),
        state=info["state"],
        response_mode=request.GET.get("response_mode"),
        max_age=int(max_age) if max_age.isdecimal() else None,
    )


def go_on(request: HttpRequest, question: Question, decision: str | None) -> HttpResponse:
    """Take the next step towards an answer; raises Refused."""
    check_parameters(request, question)
    if page := ask_to_sign_in(request, question):
        return page
    user: Any = request.user
    if not may_use(question.application, user):
        return refuse_user(request, question, decision)
    if needs_consent(question, user) and decision != "allow":
        if decision is not None:
            raise Refused("access_denied", "The user did not allow it.")
        return ask_for_consent(request, question)
    if decision == "allow" and not question.application.is_trusted:
        keep_consent(question, user)
    return send_code(request, question, user)


def check_parameters(request: HttpRequest, question: Question) -> None:
    for name in NOT_SUPPORTED:
        if name in request.GET:
            raise Refused(f"{name}_not_supported", f"The parameter {name} is not supported.")
    if question.response_mode not in RESPONSE_MODES:
        raise Refused("invalid_request", "The response_mode is not supported.")
    if request.GET.get("code_challenge") and (request.GET.get("code_challenge_method") != "S256"):
        raise Refused("invalid_request", "The code_challenge_method has to be S256.")
    if request.GET.get("max_age") and question.max_age is None:
        raise Refused("invalid_request", "The max_age is not a number of seconds.")


def ask_to_sign_in(request: HttpRequest, question: Question) -> HttpResponse | None:
    """Return the way to a page of sign-in; None if the user has signed in as is asked for.

    Raises Refused where no page may be shown.
    """
    user = request.user
    if not user.is_authenticated:
        return redirect_to_page(request, question, resolve_url(settings.LOGIN_URL))
    if is_password_expired(user):
        if question.is_silent:
            raise Refused("interaction_required", "The user has to choose another password.")
        return sign_in_afresh(request, question)
    if "select_account" in question.prompts:
        return sign_in_afresh(request, question)
    if "login" in question.prompts or is_too_old(request, question):
        if question.is_silent:
            raise Refused("login_required", "The user has to sign in again.")
        page = find_confirmation_page(request, then=drop_fulfilled(request))
        if page is None:  # nothing that could be asked for here, as with an external login alone
            return sign_in_afresh(request, question)
        return keep_target(request, question, HttpResponseRedirect(page))
    return None


def is_too_old(request: HttpRequest, question: Question) -> bool:
    if question.max_age is None:
        return False
    return time.time() - read_authentication(request).at.timestamp() > question.max_age


def sign_in_afresh(request: HttpRequest, question: Question) -> HttpResponse:
    """End the session and have somebody sign in."""
    logout(request)
    return redirect_to_page(request, question, resolve_url(settings.LOGIN_URL))


def redirect_to_page(request: HttpRequest, question: Question, page: str) -> HttpResponse:
    query = urlencode({REDIRECT_FIELD_NAME: drop_fulfilled(request)})
    return keep_target(request, question, HttpResponseRedirect(f"{page}?{query}"))


def keep_target(request: HttpRequest, question: Question, response: HttpResponse) -> HttpResponse:
    """Let the pages that follow lead to the application, when all is done."""
    request.session[TARGET] = question.redirect_uri
    return response


def drop_fulfilled(request: HttpRequest) -> str:
    """Return the URL without what a sign-in fulfils: it would be asked for again and again.

    The application sees in `auth_time` whether there was one.
    """
    kept = [
        (name, _drop_prompts(value) if name == "prompt" else value)
        for name, value in parse_qsl(urlsplit(request.get_full_path()).query, True)
        if name != "max_age"
    ]
    query = urlencode([(name, value) for name, value in kept if (name, value) != ("prompt", "")])
    return f"{request.path}?{query}"


def _drop_prompts(value: str) -> str:
    return " ".join(each for each in value.split() if each not in SIGN_IN_PROMPTS)


def refuse_user(request: HttpRequest, question: Question, decision: str | None) -> HttpResponse:
    """Say that the application is not for this user, who may go back or be somebody else."""
    if decision == "switch":
        return sign_in_afresh(request, question)
    if question.is_silent or decision is not None:
        raise Refused("access_denied", "The user may not use this application.")
    page = show_refusal(request, "not_allowed", 403, question.application)
    allow_target(page, question.redirect_uri)
    return page


def needs_consent(question: Question, user: User) -> bool:
    if "consent" in question.prompts and not question.application.is_trusted:
        return True
    return not has_consent(question.application, user, set(question.scopes))


def ask_for_consent(request: HttpRequest, question: Question) -> HttpResponse:
    application = question.application
    mapped = application.claim_mappings.select_related("attribute")
    context = {
        "application": application,
        "allowed": [SCOPES[scope] for scope in question.scopes if scope != OPENID],
        "attributes": [each.attribute for each in mapped] if "profile" in question.scopes else [],
        "site": urlsplit(question.redirect_uri).netloc,
    }
    page = render(request, "idp/oidc/authorization_form.html", context)
    allow_target(page, question.redirect_uri)
    return page


def keep_consent(question: Question, user: User) -> None:
    account = find_account(question.application, user)
    account.scopes = sorted({*account.scopes, *question.scopes})
    account.save(update_fields=["scopes"])


def send_code(request: HttpRequest, question: Question, user: User) -> HttpResponse:
    """Send the user back to the application with a code."""
    uri, _, _, headers = extract_params(request)
    headers, _, _ = get_server().create_authorization_response(
        uri, "GET", "", headers, scopes=list(question.scopes), credentials={"user": user}
    )
    answer = dict(parse_qsl(urlsplit(headers["Location"]).query))
    note_sign_in(question.application, user)
    return send_back(request, question, {"code": answer["code"]})


def note_sign_in(application: Application, user: User) -> None:
    now = timezone.now()
    ApplicationUser.objects.filter(application=application, user=user).update(last_sign_in_at=now)
    # To the minute: one row for everybody is not to be written at every sign-in.
    minute = now.replace(second=0, microsecond=0)
    old = Application.objects.filter(pk=application.pk).exclude(last_used_at__gte=minute)
    old.update(last_used_at=minute)


def send_back(request: HttpRequest, question: Question, answer: dict[str, str]) -> HttpResponse:
    state = {} if question.state is None else {"state": question.state}
    mode = question.response_mode if question.response_mode in RESPONSE_MODES else None
    return answer_application(
        request, question.redirect_uri, {**answer, **state}, response_mode=mode
    )


def explain(request: HttpRequest, error: FatalClientError) -> HttpResponse:
    """Say what is wrong with a request that nobody may be sent back for."""
    client_id, uri = request.GET.get("client_id", ""), request.GET.get("redirect_uri", "")
    application = Application.objects.filter(pk=client_id).first()
    if application is None:
        return show_refusal(request, "unknown", 400, None, client_id=client_id)
    if not application.is_on:
        return show_refusal(request, "switched_off", 403, application)
    if application.allows_redirect(uri):
        return show_refusal(request, "request", 400, application, description=error.description)
    return show_refusal(request, "redirect", 400, application, redirect_uri=uri)


def tell_error(request: HttpRequest, error: OAuth2Error) -> HttpResponse:
    """Tell the application what is wrong with its request, where it is known to be its URL."""
    uri = request.GET.get("redirect_uri", "")
    application = Application.objects.filter(pk=request.GET.get("client_id", "")).first()
    if application is None or not application.allows_redirect(uri):
        return show_refusal(request, "redirect", 400, application, redirect_uri=uri)
    answer = {"error": error.error, "error_description": error.description or ""}
    if state := request.GET.get("state"):
        answer["state"] = state
    mode = request.GET.get("response_mode")
    return answer_application(
        request,
        uri,
        {name: value for name, value in answer.items() if value},
        response_mode=mode if mode in RESPONSE_MODES else None,
    )
