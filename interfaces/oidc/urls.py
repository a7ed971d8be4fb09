"""The URLs of the provider, by the names that allauth's own code looks them up by."""

from django.urls import include, path

from interfaces.oidc.views import discovery, endpoints, own_applications
from interfaces.oidc.views.authorization import AuthorizationView
from interfaces.oidc.views.logout import EndSession

endpoint_urls = [
    path(".well-known/openid-configuration", discovery.show_configuration, name="configuration"),
    path(
        ".well-known/oauth-authorization-server",
        discovery.show_configuration,
        name="server_metadata",
    ),
    path(".well-known/jwks.json", discovery.show_keys, name="jwks"),
    path("identity/o/authorize", AuthorizationView.as_view(), name="authorization"),
    path("identity/o/logout", EndSession.as_view(), name="logout"),
    path("identity/o/api/token", endpoints.issue_tokens, name="token"),
    path("identity/o/api/userinfo", endpoints.show_user_info, name="userinfo"),
    path("identity/o/api/revoke", endpoints.revoke_token, name="revoke"),
    path("identity/o/api/introspect", endpoints.introspect_token, name="introspect"),
]
urlpatterns = [
    path("accounts/applications/", own_applications.list_own, name="own_applications"),
    path(
        "accounts/applications/<int:account_id>/withdraw/",
        own_applications.withdraw_own,
        name="withdraw_own_application",
    ),
    path("", include(([path("", include((endpoint_urls, "oidc")))], "idp"))),
]
