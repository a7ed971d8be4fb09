"""The URLs of the pages of exports."""

from django.urls import path

from exports import views

app_name = "exports"

urlpatterns = [
    path("", views.list_exports, name="list"),
    path("new/", views.choose_users, name="new"),
    path("new/download/", views.download, name="download"),
]
