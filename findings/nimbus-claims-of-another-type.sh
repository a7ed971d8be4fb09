#!/usr/bin/env bash
# Nimbus answers null for `"email_verified": "true"`; Spring Security, which is built on it, answers true.
#
# Versions: Maven com.nimbusds:oauth2-oidc-sdk 11.30, spring-security-oauth2-core 7.0.2.
# One would guess: a claim of the wrong type is an error at parsing, as a numeric `sub` is; or text is converted.
#   Two libraries of one stack do the same.
# What happens: Nimbus parses the answer and returns null for email_verified as text, for updated_at as a
#   date in text, and for an address that is text: the same as for claims that are not there. Spring
#   converts the first two, and raises for the address, at the time it is asked.
# Why it matters: Amazon Cognito sends the flag as text and Auth0 the date as text. A reader with Nimbus takes
#   every address of such a source for unverified and sends the people a mail each; nothing says why. Look
#   at the claims as they came for these three.
# Seen:
#   email_verified "true"               nimbus null            spring true
#   email_verified true                 nimbus true            spring true
#   updated_at "2024-01-02T03:04:05Z"   nimbus null            spring 2024-01-02T03:04:05Z
#   updated_at 1704164645               nimbus 1704164645000   spring 2024-01-02T03:04:05Z
#   address "1 Book Street"             nimbus null            spring raises
# Needs: java 17 or later, mvn.
set -euo pipefail
source "$(dirname "$0")/with-jars.bash"
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
fetch_jars org.springframework.security:spring-security-oauth2-core:7.0.2 \
  com.nimbusds:oauth2-oidc-sdk:11.30

cat >Check.java <<'JAVA'
import com.nimbusds.openid.connect.sdk.claims.UserInfo;
import java.util.Map;
import org.springframework.security.oauth2.core.oidc.OidcUserInfo;

public class Check {
    interface Question<T> { Object ask(T claims); }

    static void say(String name, Object value, Question<UserInfo> nimbus, Question<OidcUserInfo> spring)
            throws Exception {
        String shown = value instanceof String ? '"' + value.toString() + '"' : value.toString();
        UserInfo parsed = UserInfo.parse("{\"sub\":\"1042\",\"" + name + "\":" + shown + "}");
        Object second;
        try {
            second = spring.ask(new OidcUserInfo(Map.of("sub", "1042", name, value)));
        } catch (IllegalArgumentException error) {
            second = "raises";
        }
        System.out.printf("%-35s nimbus %-15s spring %s%n", name + " " + shown, nimbus.ask(parsed), second);
    }

    static void sayUpdated(Object value) throws Exception {
        Question<UserInfo> nimbus = claims ->
            claims.getUpdatedTime() == null ? null : claims.getUpdatedTime().getTime();
        say("updated_at", value, nimbus, OidcUserInfo::getUpdatedAt);
    }

    public static void main(String[] none) throws Exception {
        say("email_verified", "true", UserInfo::getEmailVerified, OidcUserInfo::getEmailVerified);
        say("email_verified", true, UserInfo::getEmailVerified, OidcUserInfo::getEmailVerified);
        sayUpdated("2024-01-02T03:04:05Z");
        sayUpdated(1704164645L);
        say("address", "1 Book Street", UserInfo::getAddress, OidcUserInfo::getAddress);
    }
}
JAVA
java -cp 'lib/*' Check.java 2>/dev/null | tee out
diff out - <<'SEEN' || exit 1
email_verified "true"               nimbus null            spring true
email_verified true                 nimbus true            spring true
updated_at "2024-01-02T03:04:05Z"   nimbus null            spring 2024-01-02T03:04:05Z
updated_at 1704164645               nimbus 1704164645000   spring 2024-01-02T03:04:05Z
address "1 Book Street"             nimbus null            spring raises
SEEN
