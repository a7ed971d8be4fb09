"""The addresses of the pages of invitations."""

from django.urls import path

from imports.views.invitations import campaigns

app_name = "invitations"

urlpatterns = [
    path("", campaigns.list_campaigns, name="list"),
    path("new/", campaigns.create_campaign, name="new"),
    path("<int:campaign_id>/", campaigns.show_campaign, name="campaign"),
    path("<int:campaign_id>/start/", campaigns.start, name="start"),
    path("<int:campaign_id>/pause/", campaigns.pause, name="pause"),
    path("<int:campaign_id>/remind/", campaigns.remind, name="remind"),
]
