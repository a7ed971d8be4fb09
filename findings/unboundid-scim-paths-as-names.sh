#!/usr/bin/env bash
# UnboundID's SCIM library stores Entra ID's new department under a name that nobody reads.
#
# Versions: Maven com.unboundid.product.scim2:scim2-sdk-common 4.0.0; npm scim-patch 0.8.3, scimmy 1.3.5; PyPI
#   scim2-models 0.12.3.
# One would guess: a `replace` without a path, whose value has `name.familyName` or `urn:...:User:department`, as Entra
#   ID sends it, changes these attributes as the same paths would; or is refused, since they are no names.
# What happens: the other three change the family name and the department. UnboundID's library takes each key for
#   the name of an attribute: `name.familyName` stands beside `name`, the URN beside the extension, and is
#   listed among the user's schemas too. The old values stay.
# Why it matters: the answer shows the new values somewhere, the sender is content, and whoever marries or
#   changes the department keeps the old name and department from the day of the move on. Turn the
#   keys of such a value into paths first.
# Seen, of Ada Person in Loans with Reader and Archive as the new values:
#                  family name  department  schemas
#   UnboundID      Person       Loans       3
#   scim-patch     Reader       Archive     2
#   scimmy         Reader       Archive     2
#   scim2-models   Reader       Archive     2
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

enterprise=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User
cat >user.json <<JSON
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "$enterprise"], "id": "1", "userName": "ada", "meta": {},
 "name": {"givenName": "Ada", "familyName": "Person"}, "$enterprise": {"department": "Loans"}}
JSON
cat >operation.json <<JSON
{"op": "replace", "value": {"name.familyName": "Reader", "$enterprise:department": "Archive"}}
JSON
cat >Check.java <<'JAVA'
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.unboundid.scim2.common.messages.PatchOperation;
import com.unboundid.scim2.common.utils.JsonUtils;
import java.io.File;

public class Check {
    public static void main(String[] names) throws Exception {
        var mapper = JsonUtils.createObjectMapper();
        var user = (ObjectNode) mapper.readTree(new File("user.json"));
        mapper.readValue(new File("operation.json"), PatchOperation.class).apply(user);
        System.out.println(user);
    }
}
JAVA
cat >check.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { scimPatch } from 'scim-patch'
import SCIMMY from 'scimmy'

const read = (name) => JSON.parse(readFileSync(name, 'utf8'))
SCIMMY.Schemas.User.extend(SCIMMY.Schemas.EnterpriseUser)
const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
const patch = new SCIMMY.Messages.PatchOp({ schemas, Operations: [read('operation.json')] })
console.log(JSON.stringify(scimPatch(read('user.json'), [read('operation.json')])))
console.log(JSON.stringify(await patch.apply(new SCIMMY.Schemas.User(read('user.json')))))
JS
cat >check.py <<'PY'
import json
import pathlib

from scim2_models import EnterpriseUser, PatchOp, User

SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
user = User[EnterpriseUser].model_validate_json(pathlib.Path("user.json").read_text())
operation = json.loads(pathlib.Path("operation.json").read_text())
PatchOp[User[EnterpriseUser]].model_validate({"schemas": [SCHEMA], "Operations": [operation]}).patch(user)
print(json.dumps(user.model_dump()))
PY
cat >show.py <<'PY'
import json
import sys

print(f"{'':14} {'family name':12} {'department':11} schemas")
for library, line in zip(("UnboundID", "scim-patch", "scimmy", "scim2-models"), sys.stdin):
    user = json.loads(line)
    department = user["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["department"]
    print(f"{library:14} {user['name']['familyName']:12} {department:11} {len(user['schemas'])}")
PY
{
  java -cp 'lib/*' Check.java
  node check.mjs
  venv/bin/python check.py
} | python3 show.py | tee out
diff out - <<'SEEN' || exit 1
               family name  department  schemas
UnboundID      Person       Loans       3
scim-patch     Reader       Archive     2
scimmy         Reader       Archive     2
scim2-models   Reader       Archive     2
SEEN
