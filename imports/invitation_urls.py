"""The addresses of the pages of invitations."""

from django.urls import path

from imports.views import invitations

app_name = "invitations"

urlpatterns = [
    path("", invitations.list_waves, name="list"),
    path("new/", invitations.create_wave, name="new"),
    path("<int:wave_id>/", invitations.show_wave, name="wave"),
    path("<int:wave_id>/start/", invitations.start, name="start"),
    path("<int:wave_id>/pause/", invitations.pause, name="pause"),
    path("<int:wave_id>/remind/", invitations.remind, name="remind"),
]
