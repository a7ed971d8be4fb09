"""The URLs: each connection has one for each system, some with more than one below it."""

from django.urls import path

from interfaces.hooks.views import answer, get_document, refuse_unknown

urlpatterns = [
    path("openapi.json", get_document, name="hooks_document"),
    path("<slug:tenant>/<slug:name>", answer, name="hook"),
    path("<slug:tenant>/<slug:name>/<slug:path>", answer, name="hook_operation"),
    path("<path:rest>", refuse_unknown),
]
