"""The addresses of the pages of invitations."""

from django.urls import path

from imports.views.invitations import campaigns

app_name = "invitations"

urlpatterns = [
    path("", campaigns.list_waves, name="list"),
    path("new/", campaigns.create_wave, name="new"),
    path("<int:wave_id>/", campaigns.show_wave, name="wave"),
    path("<int:wave_id>/start/", campaigns.start, name="start"),
    path("<int:wave_id>/pause/", campaigns.pause, name="pause"),
    path("<int:wave_id>/remind/", campaigns.remind, name="remind"),
]
