#!/usr/bin/env bash
# Adding a group member who is in the group already makes scim2-models list the person twice.
#
# Versions: PyPI scim2-models 0.12.3.
# One would guess: a PATCH that adds a member is safe to repeat: RFC 7644 section 3.5.2.1 has "if the
#   value already exists, no changes SHOULD be made", and `value` is what identifies a member.
# What happens: members are compared whole. `{"value": "1"}` added again changes nothing; with the
#   display name that Okta sends along, or a `$ref`, it is another value and is
#   appended. Removing `members[value eq "1"]` takes both out.
# Why it matters: a provisioning run that is repeated after an interruption, or by a second client,
#   doubles memberships: counts no longer add up, and a target with a unique key on (group, user)
#   refuses the whole group.
# Seen:
#   add {"value": "1"}                     changed False  members 1, 2
#   add {"value": "1", "display": "Ada"}   changed True   members 1, 2, 1
#   remove members[value eq "1"]           changed True   members 2
# Needs: python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scim2-models==0.12.3

cat >patch.py <<'PY'
from scim2_models import Context, Group, PatchOp

group = Group(display_name="Staff", members=[{"value": "1"}, {"value": "2"}])
OPERATIONS = {
    'add {"value": "1"}': {"op": "add", "path": "members", "value": [{"value": "1"}]},
    'add {"value": "1", "display": "Ada"}': {
        "op": "add",
        "path": "members",
        "value": [{"value": "1", "display": "Ada"}],
    },
    'remove members[value eq "1"]': {"op": "remove", "path": 'members[value eq "1"]'},
}
for label, operation in OPERATIONS.items():
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [operation],
    }
    patch = PatchOp[Group].model_validate(body, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
    changed = patch.patch(group)
    members = ", ".join(member.value for member in group.members)
    print(label.ljust(38), f"changed {changed!s:<5}  members {members}")
PY
venv/bin/python patch.py | tee out
diff out - <<'SEEN' || exit 1
add {"value": "1"}                     changed False  members 1, 2
add {"value": "1", "display": "Ada"}   changed True   members 1, 2, 1
remove members[value eq "1"]           changed True   members 2
SEEN
