"""The interface of Auth0's Management API (v2) for users, as far as scripts of migrations use it.

URLs, bodies and errors are those of its documentation (github.com/auth0/docs-v2) and of its clients
auth0-python and npm auth0, which work unchanged.
"""
