#!/usr/bin/env bash
# Adding one address as an object makes UnboundID's SCIM library throw away all the addresses of the user.
#
# Versions: Maven com.unboundid.product.scim2:scim2-sdk-common 4.0.0; npm scim-patch 0.8.3, scimmy 1.3.5; PyPI
#   scim2-models 0.12.3.
# One would guess: `add` to `emails` with one address appends it, whether the value is a list of one or the
#   address itself (RFC 7644 section 3.5.2.1 has "a set of attributes" for the value); or it is refused.
# What happens: with a list all four append. With the object, the three others append as well; UnboundID's library,
#   which knows no schema, puts the object in the place of the list. The user's other addresses are gone, and
#   `emails` is no list any more.
# Why it matters: a client that leaves out the brackets round a list of one works with the other servers.
#   After a move each address that is added takes the others away, and the next reader that expects a list stops
#   at this user. Put brackets round such values before the library gets the request.
# Seen, of ada@example.com and an added home address:
#                  [{...}]  {...}
#   UnboundID      2        not a list
#   scim-patch     2        2
#   scimmy         2        2
#   scim2-models   2        2
# Needs: python3, node, npm, java 17 or later, mvn.
set -euo pipefail
source "$(dirname "$0")/with-jars.bash"
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts scim-patch@0.8.3 scimmy@1.3.5
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scim2-models==0.12.3
fetch_jars com.unboundid.product.scim2:scim2-sdk-common:4.0.0

cat >user.json <<'JSON'
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "ada", "meta": {},
 "emails": [{"type": "work", "value": "ada@example.com"}]}
JSON
cat >operations.json <<'JSON'
[{"op": "add", "path": "emails", "value": [{"type": "home", "value": "ada@home.example"}]},
 {"op": "add", "path": "emails", "value": {"type": "home", "value": "ada@home.example"}}]
JSON
cat >Check.java <<'JAVA'
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.unboundid.scim2.common.messages.PatchOperation;
import com.unboundid.scim2.common.utils.JsonUtils;
import java.io.File;

public class Check {
    public static void main(String[] names) throws Exception {
        var mapper = JsonUtils.createObjectMapper();
        for (JsonNode operation : mapper.readTree(new File("operations.json"))) {
            var user = (ObjectNode) mapper.readTree(new File("user.json"));
            mapper.treeToValue(operation, PatchOperation.class).apply(user);
            JsonNode emails = user.get("emails");
            System.out.println(emails.isArray() ? emails.size() : "not a list");
        }
    }
}
JAVA
cat >check.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { scimPatch } from 'scim-patch'
import SCIMMY from 'scimmy'

const read = (name) => JSON.parse(readFileSync(name, 'utf8'))
const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
const count = ({ emails }) => console.log(Array.isArray(emails) ? emails.length : 'not a list')
for (const operation of read('operations.json')) count(scimPatch(read('user.json'), [operation]))
for (const operation of read('operations.json')) {
  const patch = new SCIMMY.Messages.PatchOp({ schemas, Operations: [operation] })
  count(JSON.parse(JSON.stringify(await patch.apply(new SCIMMY.Schemas.User(read('user.json'))))))
}
JS
cat >check.py <<'PY'
import json
import pathlib

from scim2_models import PatchOp, User

SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
for operation in json.loads(pathlib.Path("operations.json").read_text()):
    user = User.model_validate_json(pathlib.Path("user.json").read_text())
    PatchOp[User].model_validate({"schemas": [SCHEMA], "Operations": [operation]}).patch(user)
    print(len(user.emails) if isinstance(user.emails, list) else "not a list")
PY
row() { printf '%-14s %-8s %s\n' "$@"; }
mapfile -t java < <(java -cp 'lib/*' Check.java)
mapfile -t node < <(node check.mjs)
mapfile -t python < <(venv/bin/python check.py)
{
  row '' '[{...}]' '{...}'
  row UnboundID "${java[@]}"
  row scim-patch "${node[@]:0:2}"
  row scimmy "${node[@]:2}"
  row scim2-models "${python[@]}"
} | tee out
diff out - <<'SEEN' || exit 1
               [{...}]  {...}
UnboundID      2        not a list
scim-patch     2        2
scimmy         2        2
scim2-models   2        2
SEEN
