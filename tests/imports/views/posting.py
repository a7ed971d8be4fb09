"""Reads the form of the mapping page as a browser would send it."""

import time
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from django.http import QueryDict
from django.test import Client
from django.urls import resolve

from accounts.models import User
from imports.models import ImportJob, InvitationCampaign, LegacyDirectory
from imports.services.directories.shown import write_directory
from imports.services.invitations.shown import write_campaign
from imports.services.jobs.shown import write_job
from imports.services.undo.previews import describe_preview, preview_undo
from imports.views.undo.undoing import _read_chosen, _read_options


class FormReader(HTMLParser):
    """Collects what the fields of one form hold."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._form_id = form_id
        self._is_inside = False
        self._select: str = ""
        self._area: str = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            names = (given.get("id"), given.get("action", "here"))
            self._is_inside = given.get("method") == "post" and self._form_id in names
        if not self._is_inside:
            return
        name = given.get("name") or ""
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind not in {"checkbox", "radio"} or "checked" in given:
                self.fields[name] = given.get("value") or ""
        elif tag == "select":
            self._select = name
            self.fields[name] = ""
        elif tag == "option" and self._select and "selected" in given:
            self.fields[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._area = name
            self.fields[name] = ""

    def handle_data(self, data):
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._is_inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


def read_form(page: str, form_id: str = "mapping-form") -> dict[str, str]:
    """Return the fields of a form and their values, buttons left out."""
    reader = FormReader(form_id)
    reader.feed(page)
    return reader.fields


class Browser(Client):
    """A browser that has the page open as it is now: its posts carry what that shows."""

    def post(self, path: str, data: Any = None, *args: Any, **extra: Any) -> Any:
        """Post as a form of the page would; a test that gives `as_shown` says what it showed."""
        given = {} if data is None else data
        if isinstance(given, dict) and "as_shown" not in given and path.startswith("/"):
            reader = User.objects.filter(pk=self.session.get("_auth_user_id")).first()
            given = {**given, **find_shown(path, given, reader)}
        return super().post(path, given, *args, **extra)


def find_shown(path: str, data: Mapping[str, Any], reader: User | None) -> dict[str, str]:
    """Return what the page of the job shows its reader, as its form carries it."""
    match = resolve(path.partition("?")[0])
    if directory := LegacyDirectory.objects.filter(pk=match.kwargs.get("directory_id")).first():
        return {"as_shown": write_directory(directory)}
    if campaign := InvitationCampaign.objects.filter(pk=match.kwargs.get("campaign_id")).first():
        return {"as_shown": write_campaign(campaign)}
    if match.url_name == "imports_legacydirectory_change":
        directory = LegacyDirectory.objects.get(pk=match.kwargs["object_id"])
        return {"as_shown": write_directory(directory)}
    job = ImportJob.objects.filter(pk=match.kwargs.get("job_id")).first()
    if job is None:
        return {}
    if match.url_name != "start_undo":
        return {"as_shown": write_job(job)}
    given = QueryDict(mutable=True)
    for name, value in data.items():
        given.setlist(name, value if isinstance(value, list) else [value])
    actor = reader or job.created_by
    preview = preview_undo(job, _read_options(given), _read_chosen(given), actor=actor)
    return {"as_shown": write_job(job, preview=describe_preview(preview))}


def note_sign_in(client: Client, seconds_ago: float) -> None:
    """Have the session say that its user typed their password so long ago."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - seconds_ago}
    ]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
