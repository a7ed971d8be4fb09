#!/usr/bin/env bash
# allauth's token endpoint refuses a client for sending its secret as RFC 6749 says.
#
# Versions: PyPI django-allauth 65.21.1 (allauth.idp.oidc) on Django 5.2.19; npm oauth4webapi 3.8.8,
#   the engine of openid-client 6.
# One would guess: a certified client library and an OpenID provider agree on HTTP Basic.
# What happens: RFC 6749 section 2.3.1 has both parts form-urlencoded before base64, and oauth4webapi
#   encodes all but letters and digits: `a-b` goes out as `a%2Db`. allauth compares without decoding
#   and answers 401 invalid_client. curl and most Python clients do not encode and are let in, and so
#   is oauth4webapi with a secret of letters and digits. allauth's own generator nearly always makes
#   secrets with `-`, `_`, `!` or the like.
# Why it matters: whoever moves applications to such a provider sees some of them refused with a
#   secret that works in curl. client_secret_post works for all; a provider has to decode (and may
#   try the undecoded text, too, for those who never encoded).
# Seen:
#   secret abc123   encoded by the client 200  as it stands 200   in the body 200
#   secret abc-123  encoded by the client 401  as it stands 200   in the body 200
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts oauth4webapi@3.8.8
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  'django-allauth[idp-oidc]==65.21.1' django==5.2.19 requests==2.32.5

cat >provider.py <<'PY'
"""A provider with two clients; writes its port to the file `port`."""

import pathlib
from wsgiref.simple_server import make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

KEY = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
)
settings.configure(
    SECRET_KEY="only-for-this-run",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="allauth.idp.urls",
    USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "allauth",
        "allauth.account",
        "allauth.idp.oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    IDP_OIDC_PRIVATE_KEY=KEY.decode(),
)
django.setup()

from allauth.idp.oidc.models import Client  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

call_command("migrate", verbosity=0)
for name, secret in (("plain", "abc123"), ("dashed", "abc-123")):
    client = Client(id=name, name=name, type=Client.Type.CONFIDENTIAL)
    client.set_grant_types(["client_credentials"])
    client.set_scopes(["read"])
    client.set_secret(secret)
    client.save()
httpd = make_server("127.0.0.1", 0, get_wsgi_application())
pathlib.Path("port.part").write_text(str(httpd.server_port))
pathlib.Path("port.part").rename("port")
httpd.serve_forever()
PY
venv/bin/python provider.py 2>log &
server=$!
for _ in $(seq 40); do [ -e port ] && break || sleep 1; done
[ -e port ] || { cat log; exit 1; }

cat >ask.mjs <<'JS'
import * as oauth from 'oauth4webapi'

const issuer = `http://127.0.0.1:${process.argv[2]}`
const provider = { issuer, token_endpoint: `${issuer}/identity/o/api/token` }
for (const [client_id, secret] of [['plain', 'abc123'], ['dashed', 'abc-123']]) {
  const undecorated = (as, client, body, headers) =>
    headers.set('authorization', 'Basic ' + btoa(`${client_id}:${secret}`))
  const statuses = []
  for (const authenticate of [
    oauth.ClientSecretBasic(secret), undecorated, oauth.ClientSecretPost(secret),
  ]) {
    const answer = await oauth.clientCredentialsGrantRequest(
      provider, { client_id }, authenticate, { scope: 'read' },
      { [oauth.allowInsecureRequests]: true })
    statuses.push(answer.status)
  }
  console.log(`secret ${secret.padEnd(7)}  encoded by the client ${statuses[0]}`,
    ` as it stands ${statuses[1]}   in the body ${statuses[2]}`)
}
JS
node ask.mjs "$(cat port)" | tee out
diff out - <<'SEEN' || exit 1
secret abc123   encoded by the client 200  as it stands 200   in the body 200
secret abc-123  encoded by the client 401  as it stands 200   in the body 200
SEEN
