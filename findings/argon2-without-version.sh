#!/usr/bin/env bash
# For an argon2 text without `v=` Spring Security and RustCrypto answer that the password is wrong.
#
# Versions: PyPI argon2-cffi 25.1.0, npm hash-wasm 4.13.0, Maven spring-security-crypto 7.1.2 with
#   bcprov-jdk18on 1.82 and password4j 1.8.4, crate argon2 0.5.3.
# One would guess: a text without `v=` is of version 16, as in the C library that all of them follow; a
#   reader that does not know the old version raises an error.
# What happens: the same hash with `v=16` in the text is verified by four of the five. With `v=` left out,
#   the older way to write it, argon2-cffi alone verifies it. hash-wasm and password4j raise. Spring
#   Security and RustCrypto return their answer for a wrong password, with no word of a version.
# Why it matters: these users are indistinguishable from people who mistype, in the log as at the desk, and
#   are asked for a reset. Writing `v=16` into the text before the import is all that it takes.
# Seen:
#                  v=16                          without v=
#   argon2-cffi    True                          True
#   hash-wasm      Unsupported version: 16       Invalid hash
#   spring         true                          false
#   password4j     true                          Invalid hashed value
#   rust argon2    Ok(())                        Err(Password)
# Needs: python3, node, npm, java 17 or later, mvn, cargo.
set -euo pipefail
source "$(dirname "$0")/with-jars.bash"
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts hash-wasm@4.13.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check argon2-cffi==25.1.0
fetch_jars org.springframework.security:spring-security-crypto:7.1.2 \
  org.springframework:spring-core:7.0.1 \
  org.bouncycastle:bcprov-jdk18on:1.82 \
  com.password4j:password4j:1.8.4
export CARGO_HOME="$PWD/cargo"
cargo init --quiet --vcs none --name finding rust 2>/dev/null
cat >>rust/Cargo.toml <<'TOML'
argon2 = "=0.5.3"
TOML

cat >make.py <<'PY'
from argon2.low_level import Type, hash_secret

text = hash_secret(b"Turquoise-Kettle-7", b"a salt of 16 byt", 3, 4096, 1, 32, Type.ID, version=16)
print(text.decode())
PY
cat >check.py <<'PY'
import sys

from argon2 import PasswordHasher

print(*(PasswordHasher().verify(text, "Turquoise-Kettle-7") for text in sys.argv[1:]), sep="\n")
PY
cat >check.mjs <<'JS'
import { argon2Verify } from 'hash-wasm'

for (const hash of process.argv.slice(2)) {
  const answer = argon2Verify({ password: 'Turquoise-Kettle-7', hash })
  console.log(await answer.then(String, (error) => error.message))
}
JS
cat >Check.java <<'JAVA'
import com.password4j.Argon2Function;
import com.password4j.Password;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

public class Check {
    interface Verifier { boolean verify(String password, String text); }

    static void say(Verifier verifier, String text) {
        try {
            System.out.println(verifier.verify("Turquoise-Kettle-7", text));
        } catch (RuntimeException error) {
            System.out.println(error.getMessage());
        }
    }

    public static void main(String[] texts) {
        for (String text : texts) say(Argon2PasswordEncoder.defaultsForSpringSecurity_v5_8()::matches, text);
        for (String text : texts)
            say((word, hash) -> Password.check(word, hash).with(Argon2Function.getInstanceFromHash(hash)), text);
    }
}
JAVA
cat >rust/src/main.rs <<'RUST'
use argon2::{Argon2, PasswordHash, PasswordVerifier};

fn main() {
    for text in std::env::args().skip(1) {
        let hash = PasswordHash::new(&text).expect("a PHC text");
        println!("{:?}", Argon2::default().verify_password(b"Turquoise-Kettle-7", &hash));
    }
}
RUST
old=$(venv/bin/python make.py)
texts=("$old" "${old/\$v=16/}")
row() { printf '%-14s %-29s %s\n' "$1" "$2" "$3"; }
{
  row '' v=16 'without v='
  mapfile -t seen < <(venv/bin/python check.py "${texts[@]}"); row argon2-cffi "${seen[@]}"
  mapfile -t seen < <(node check.mjs "${texts[@]}"); row hash-wasm "${seen[@]}"
  mapfile -t seen < <(java -cp 'lib/*' Check.java "${texts[@]}" 2>/dev/null)
  row spring "${seen[@]:0:2}"; row password4j "${seen[@]:2:2}"
  mapfile -t seen < <(cd rust && cargo run --quiet -- "${texts[@]}"); row 'rust argon2' "${seen[@]}"
} | tee out
diff out - <<'SEEN' || exit 1
               v=16                          without v=
argon2-cffi    True                          True
hash-wasm      Unsupported version: 16       Invalid hash
spring         true                          false
password4j     true                          Invalid hashed value
rust argon2    Ok(())                        Err(Password)
SEEN
