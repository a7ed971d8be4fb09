#!/usr/bin/env bash
# In a relaxed MongoDB export, birthdays before 1970 have another shape than those after.
#
# Versions: npm bson 7.3.4, PyPI pymongo 4.20.1, Maven org.mongodb:bson 5.6.1.
# One would guess: one field of one type has one shape in one file: `{"$date": "..."}` in relaxed extended JSON
#   with the date as text, `{"$date": {"$numberLong": "..."}}` in canonical.
# What happens: all three writers give dates from 1970 to 9999 as text and all others, relaxed or not, as
#   milliseconds in `$numberLong`; that is the specification. Text parsed again is written as a number.
# Why it matters: a mapping made from the first records (young people, or `createdAt`) reads text, and for the
#   older people the field is an object; `new Date(...)` of it is Invalid Date, and str() of it a dictionary.
#   The same goes for "never expires" written as the year 10000.
# Seen:
#           1969-07-20                                2001-05-04
#   node    {"$date":{"$numberLong":"-14256000000"}}  {"$date":"2001-05-04T00:00:00Z"}
#   python  {"$date":{"$numberLong":"-14256000000"}}  {"$date":"2001-05-04T00:00:00Z"}
#   java    {"$date":{"$numberLong":"-14256000000"}}  {"$date":"2001-05-04T00:00:00Z"}
#   the text of 1969 read and written again: {"$date":{"$numberLong":"-14256000000"}}
# Needs: node, npm, python3, java 17 or later, mvn.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts bson@7.3.4
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pymongo==4.20.1
mvn -q -B -Dmaven.repo.local="$PWD/repository" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
  -Dartifact=org.mongodb:bson:5.6.1 -DoutputDirectory=lib

cat >write.mjs <<'JS'
import { EJSON } from 'bson'

console.log(EJSON.stringify(new Date('1969-07-20')))
console.log(EJSON.stringify(new Date('2001-05-04')))
console.log(EJSON.stringify(EJSON.parse('{"$date":"1969-07-20T00:00:00Z"}')))
JS
cat >write.py <<'PY'
import datetime

from bson import json_util

for day in (datetime.datetime(1969, 7, 20), datetime.datetime(2001, 5, 4)):
    print(json_util.dumps(day, separators=(",", ":")))
PY
cat >Write.java <<'JAVA'
import java.time.Instant;
import java.util.Date;
import org.bson.Document;

public class Write {
    public static void main(String[] none) {
        for (String day : new String[] {"1969-07-20T00:00:00Z", "2001-05-04T00:00:00Z"}) {
            String text = new Document("x", Date.from(Instant.parse(day))).toJson().replace(" ", "");
            System.out.println(text.substring(5, text.length() - 1));
        }
    }
}
JAVA
mapfile -t node < <(node write.mjs)
mapfile -t python < <(venv/bin/python write.py)
mapfile -t java < <(java -cp 'lib/*' Write.java 2>/dev/null)
{
  printf '%-7s %-41s %s\n' '' 1969-07-20 2001-05-04 node "${node[@]:0:2}" python "${python[@]}" java "${java[@]}"
  echo "the text of 1969 read and written again: ${node[2]}"
} | tee out
diff out - <<'SEEN' || exit 1
        1969-07-20                                2001-05-04
node    {"$date":{"$numberLong":"-14256000000"}}  {"$date":"2001-05-04T00:00:00Z"}
python  {"$date":{"$numberLong":"-14256000000"}}  {"$date":"2001-05-04T00:00:00Z"}
java    {"$date":{"$numberLong":"-14256000000"}}  {"$date":"2001-05-04T00:00:00Z"}
the text of 1969 read and written again: {"$date":{"$numberLong":"-14256000000"}}
SEEN
