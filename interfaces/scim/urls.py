"""The URLs of a connection: one view answers all, because the library knows what is below."""

from django.urls import path

from interfaces.scim.views import answer

urlpatterns = [
    path("<slug:tenant>", answer, {"rest": ""}),
    path("<slug:tenant>/", answer, {"rest": ""}, name="scim"),
    path("<slug:tenant>/<path:rest>", answer),
]
