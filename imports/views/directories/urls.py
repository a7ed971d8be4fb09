"""The URLs of the pages of legacy directories."""

from django.urls import path

from imports.views.directories import directories

app_name = "directories"

urlpatterns = [
    path("", directories.list_directories, name="list"),
    path("<int:directory_id>/", directories.show_directory, name="directory"),
    path("<int:directory_id>/mode/", directories.set_mode, name="mode"),
    path("<int:directory_id>/ask-again/", directories.close_breaker, name="close_breaker"),
    path("<int:directory_id>/try/", directories.try_directory, name="try"),
]
