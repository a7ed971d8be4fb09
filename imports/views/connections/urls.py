"""The URLs of the pages of connections."""

from django.urls import path

from imports.views.connections import connections, hooks, undoing

app_name = "connections"

urlpatterns = [
    path("", connections.list_all, name="list"),
    path("kinds/", connections.choose_kind, name="choose_kind"),
    path("<int:connection_id>/", connections.show_connection, name="connection"),
    path("<int:connection_id>/switch/", connections.switch_connection, name="switch"),
    path("<int:connection_id>/secrets/", connections.create_secret, name="create_secret"),
    path(
        "<int:connection_id>/secrets/<int:secret_id>/revoke/",
        connections.revoke,
        name="revoke_secret",
    ),
    path("<int:connection_id>/issuer/", hooks.change_issuer, name="change_issuer"),
    path("<int:connection_id>/keys/", hooks.create_key, name="create_key"),
    path("<int:connection_id>/keys/<int:key_id>/", hooks.download_certificate, name="certificate"),
    path("<int:connection_id>/keys/<int:key_id>/revoke/", hooks.revoke, name="revoke_key"),
    path("<int:connection_id>/undo/", undoing.show_undo, name="undo"),
    path("<int:connection_id>/undo/start/", undoing.start, name="start_undo"),
]
