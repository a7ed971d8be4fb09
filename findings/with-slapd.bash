# Sourced by the findings about OpenLDAP, in their temporary folder.
# Gives: `start_slapd VERSION`, which unpacks that version of Debian's slapd into the folder, starts it on
# a socket there with the overlay for password policies, and removes all when the finding ends. `settings`
# are further lines of its configuration. Then $url; `as_admin TOOL ARGUMENTS`; `as_ada PASSWORD TOOL
# ARGUMENTS`. The suffix is dc=example,dc=com with uid=ada,dc=example,dc=com to be added by the finding.
# Needs: Debian 12 with its package lists (apt-get update).

as_admin() { "$1" -x -H "$url" -D cn=admin,dc=example,dc=com -w secret "${@:2}"; }
as_ada() { "$2" -x -H "$url" -D uid=ada,dc=example,dc=com -w "$1" "${@:3}"; }

start_slapd() {
  server=
  trap '[ -z "$server" ] || kill "$server"; wait; rm -rf "$PWD"' EXIT
  apt-get download -qq "slapd=$1" "ldap-utils=$1" "libldap-2.5-0=$1" \
    libodbc2 libltdl7 libsasl2-2 libwrap0 libnsl2 libtirpc3 libgssapi-krb5-2 libkrb5-3 libk5crypto3 \
    libkrb5support0 libkeyutils1 libcom-err2 2>/dev/null
  for package in *.deb; do dpkg-deb -x "$package" root; done
  libraries=$(find "$PWD/root" -name '*.so*' -not -path '*/ldap/*' -printf '%h\n' | sort -u | paste -sd:)
  export PATH="$PWD/root/usr/sbin:$PWD/root/usr/bin:$PATH" LD_LIBRARY_PATH=$libraries LDAPNOINIT=1

  mkdir database
  cat >slapd.conf <<CONF
include $PWD/root/etc/ldap/schema/core.schema
include $PWD/root/etc/ldap/schema/cosine.schema
include $PWD/root/etc/ldap/schema/inetorgperson.schema
modulepath $PWD/root/usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
database mdb
suffix dc=example,dc=com
rootdn cn=admin,dc=example,dc=com
rootpw secret
directory $PWD/database
access to attrs=userPassword by self write by anonymous auth
access to * by * read
${settings:-}
CONF
  url="ldapi://${PWD//\//%2F}%2Fsocket"
  slapd -f slapd.conf -h "$url" -d 0 2>log &
  server=$!
  for _ in $(seq 20); do as_admin ldapwhoami >/dev/null 2>&1 && break || sleep 0.5; done
  as_admin ldapadd >/dev/null <<LDIF
dn: dc=example,dc=com
objectClass: dcObject
objectClass: organization
dc: example
o: Example
LDIF
}
