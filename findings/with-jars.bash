# Sourced by the findings about Java libraries, in their temporary folder.
# Gives: `fetch_jars GROUP:ARTIFACT:VERSION...`, which puts these jars and all that they need into lib/.
# Needs: java 17 or later, mvn.

fetch_jars() {
  local group artifact version
  {
    echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
    echo '<groupId>local</groupId><artifactId>finding</artifactId><version>1</version><dependencies>'
    while IFS=: read -r group artifact version; do
      echo "<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId>"
      echo "<version>$version</version></dependency>"
    done < <(printf '%s\n' "$@")
    echo '</dependencies></project>'
  } >pom.xml
  mvn -q -B -Dmaven.repo.local="$PWD/repository" \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=lib
}
