"""The interface of SecureAuth Connect (Cloudentity) for identity pools.

Addresses, bodies and errors are those of its published specifications: `spec/identitysystem.yaml`,
`spec/identityroot.yaml` and `spec/oauth2.yaml` of cloudentity/acp-client-go.
"""
