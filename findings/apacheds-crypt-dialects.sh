#!/usr/bin/env bash
# Apache Directory answers that the password is wrong for `{CRYPT}` with rounds=, and for $2b$ and $2y$.
#
# Versions: Maven org.apache.directory.api:api-ldap-model 2.1.7 (PasswordUtil), perl's crypt for the hashes.
# One would guess: it writes and reads `{CRYPT}$6$` and bcrypt, so it reads what crypt(3) of any current
#   system wrote, or does not know the text and raises.
# What happens: of the SHA crypts it reads those with the default number of rounds left out. With
#   `rounds=5000`, the same number written out, it takes this part for the salt and answers
#   false. Of bcrypt it knows `$2a$` alone. The texts beside them differ in nothing else.
# Why it matters: passlib and most of the guides for hardening write `rounds=`; PHP writes $2y$ and everything
#   current $2b$. $2b$ can be rewritten as $2a$; the rounds cannot, apart from 5000, so these users
#   have to be known before the switch.
# Seen:
#   $6$                     true
#   $6$rounds=5000$         false
#   $5$                     true
#   $5$rounds=5000$         false
#   $1$                     true
#   $2a$                    true
#   $2b$                    false
#   $2y$                    false
# Needs: perl on a system with libxcrypt, java 17 or later, mvn.
set -euo pipefail
source "$(dirname "$0")/with-jars.bash"
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
fetch_jars org.apache.directory.api:api-ldap-model:2.1.7

cat >Check.java <<'JAVA'
import java.nio.charset.StandardCharsets;
import org.apache.directory.api.ldap.model.password.PasswordUtil;

public class Check {
    public static void main(String[] pairs) {
        byte[] password = "Turquoise-Kettle-7".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < pairs.length; i += 2) {
            byte[] stored = ("{CRYPT}" + pairs[i + 1]).getBytes(StandardCharsets.UTF_8);
            System.out.printf("%-22s  %s%n", pairs[i], PasswordUtil.compareCredentials(password, stored));
        }
    }
}
JAVA
salt=Kq7vT0sLx2Wd pairs=()
for setting in '$6$' '$6$rounds=5000$' '$5$' '$5$rounds=5000$' '$1$' '$2a$' '$2b$' '$2y$'; do
  case $setting in
    '$2'*) full="${setting}06\$abcdefghijklmnopqrstuu" ;;
    '$1$') full="$setting${salt:0:8}" ;;
    *) full="$setting$salt" ;;
  esac
  pairs+=("$setting" "$(perl -e 'print crypt($ARGV[0], $ARGV[1])' Turquoise-Kettle-7 "$full")")
done
java -cp 'lib/*' Check.java "${pairs[@]}" 2>/dev/null | tee out
diff out - <<'SEEN' || exit 1
$6$                     true
$6$rounds=5000$         false
$5$                     true
$5$rounds=5000$         false
$1$                     true
$2a$                    true
$2b$                    false
$2y$                    false
SEEN
