#!/usr/bin/env bash
# Spring Security writes scrypt that password4j reads, and answers false for what password4j writes.
#
# Versions: Maven spring-security-crypto 7.1.2 with bcprov-jdk18on 1.82, password4j 1.8.4.
# One would guess: both write `$100801$salt$hash`, with N, r and p packed into the first part, so they read each
#   other or neither the other; what they need is all in the text.
# What happens: password4j's default hash has 64 bytes, Spring's 32. password4j takes the length from the text;
#   Spring takes it from its own settings and returns false. With the hash cut to 32 bytes Spring
#   answers true, for the last step of scrypt is PBKDF2. `check(...).withScrypt()` of password4j, in turn,
#   does not look at the cost in the text: it needs getInstanceFromHash for any that is not the default.
# Why it matters: the same prefix and the same look, and each user who moves has a wrong password. Cutting
#   the third part at the import is all that it takes; nobody has to choose a new password.
# Seen:
#   Spring reads its own                          true
#   password4j reads Spring's                     true
#   Spring reads password4j's                     false
#   Spring reads it cut to 32 bytes               true
#   password4j, withScrypt, cost 2^14 of Spring   false
#   password4j, from the hash, the same           true
# Needs: java 17 or later, mvn.
set -euo pipefail
source "$(dirname "$0")/with-jars.bash"
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
fetch_jars org.springframework.security:spring-security-crypto:7.1.2 \
  org.springframework:spring-core:7.0.1 \
  org.bouncycastle:bcprov-jdk18on:1.82 \
  com.password4j:password4j:1.8.4

cat >Check.java <<'JAVA'
import com.password4j.Password;
import com.password4j.ScryptFunction;
import java.util.Arrays;
import java.util.Base64;
import org.springframework.security.crypto.scrypt.SCryptPasswordEncoder;

public class Check {
    static final String WORD = "Turquoise-Kettle-7";

    static boolean readByPassword4j(String text) {
        return Password.check(WORD, text).with(ScryptFunction.getInstanceFromHash(text));
    }

    static void say(String label, boolean answer) {
        System.out.printf("%-45s %s%n", label, answer);
    }

    public static void main(String[] none) {
        SCryptPasswordEncoder spring = SCryptPasswordEncoder.defaultsForSpringSecurity_v5_8();
        String ofSpring = spring.encode(WORD);
        String ofPassword4j = Password.hash(WORD).addRandomSalt(16).withScrypt().getResult();
        String[] parts = ofPassword4j.split("\\$");
        byte[] cut = Arrays.copyOf(Base64.getDecoder().decode(parts[3]), 32);
        String shorter = "$" + parts[1] + "$" + parts[2] + "$" + Base64.getEncoder().encodeToString(cut);
        String cheaper = SCryptPasswordEncoder.defaultsForSpringSecurity_v4_1().encode(WORD);
        say("Spring reads its own", spring.matches(WORD, ofSpring));
        say("password4j reads Spring's", readByPassword4j(ofSpring));
        say("Spring reads password4j's", spring.matches(WORD, ofPassword4j));
        say("Spring reads it cut to 32 bytes", spring.matches(WORD, shorter));
        say("password4j, withScrypt, cost 2^14 of Spring", Password.check(WORD, cheaper).withScrypt());
        say("password4j, from the hash, the same", readByPassword4j(cheaper));
    }
}
JAVA
java -cp 'lib/*' Check.java 2>/dev/null | tee out
diff out - <<'SEEN' || exit 1
Spring reads its own                          true
password4j reads Spring's                     true
Spring reads password4j's                     false
Spring reads it cut to 32 bytes               true
password4j, withScrypt, cost 2^14 of Spring   false
password4j, from the hash, the same           true
SEEN
