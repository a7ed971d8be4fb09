"""The URLs of a connection: one view answers all, because the library knows what is below."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def answer(request: HttpRequest, tenant: str, rest: str) -> HttpResponse:
    """Load what answers with the first request.

    The models of the protocol take twice as long to make as all other pages, and most processes
    that load the site's URLs never see such a request.
    """
    from interfaces.scim import views

    return views.answer(request, tenant, rest)


urlpatterns = [
    path("<slug:tenant>", answer, {"rest": ""}),
    path("<slug:tenant>/", answer, {"rest": ""}, name="scim"),
    path("<slug:tenant>/<path:rest>", answer),
]
