"""SCIM 2.0 (RFC 7643, RFC 7644, RFC 9865): the interface by which HR systems and directories push.

The protocol is that of the libraries scim2-models and scim2-server; what is here stores it: users
and memberships through the batches of a connection, and what was sent as it was sent.
"""
