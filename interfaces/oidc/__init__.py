"""OpenID Connect: applications sign their users in here, on allauth's provider."""
