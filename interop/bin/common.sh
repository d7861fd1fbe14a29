# Read by the other scripts in this folder: finds a JDK and Kafka's jars.

interop_dir="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
kafka_version="$(sed -n 's/^-Dkafka\.version=//p' "$interop_dir/../.mvn/maven.config")"
kafka_libs="$interop_dir/kafka/target/kafka-$kafka_version"
clients_target="$interop_dir/target/clients"
mapfile -t older_java_clients < <(grep -v '^#' "$interop_dir/clients/java/versions.txt")

# Prints the path of a `java` that is new enough for the classes of this build, or exits.
find_java() {
  local candidate
  for candidate in "${JAVA_HOME:-}/bin/java" "$(command -v java || true)" /usr/lib/jvm/*/bin/java /opt/*/bin/java \
    "$HOME"/.sdkman/candidates/java/*/bin/java; do
    [[ -x "$candidate" ]] || continue
    # The JDK has its version in a file, which is faster than running `java`.
    local release
    release="$(dirname "$(dirname "$(readlink -f "$candidate")")")/release"
    [[ -r "$release" ]] || continue
    if grep -qE '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$release"; then
      echo "$candidate"
      return
    fi
  done
  echo "no JDK 25 or newer found: install one, or point JAVA_HOME at it" >&2
  return 1
}

# Copies Kafka's jars from the Maven repository, if that was not done yet.
ensure_kafka_libs() {
  if [[ ! -e "$kafka_libs/kafka-tools-$kafka_version.jar" ]]; then
    echo "fetching Apache Kafka $kafka_version with Maven" >&2
    mvn -q -B --no-transfer-progress -f "$interop_dir/kafka/pom.xml" generate-resources </dev/null >&2
  fi
}

# Installs kcat from the system's packages, if it is not installed.
ensure_kcat() {
  local log="$interop_dir/target/apt.log"
  if ! command -v kcat >/dev/null; then
    mkdir -p "$interop_dir/target"
    (apt-get update -qq && apt-get install -y -qq kcat) >"$log" 2>&1 </dev/null || { tail "$log" >&2; return 1; }
  fi
}

# Builds the Java programs of this folder, if that was not done since they changed.
ensure_built() {
  local built="$interop_dir/target/built"
  if [[ ! -e "$built" || -n "$(find "$interop_dir/src/main" "$interop_dir/pom.xml" -newer "$built" -print -quit)" ]]; then
    echo "building interop with Maven" >&2
    mvn -q -B --no-transfer-progress -f "$interop_dir/../pom.xml" -pl interop -am -Dmaven.test.skip=true package \
      </dev/null >&2 && touch "$built"
  fi
}

# Runs one of the Java programs of this folder: NAME ARGUMENT...
run_class() {
  local java name="$1"
  shift
  java="$(find_java)" || return 1
  # Other programs parse the output, so its digits must not depend on the locale.
  "$java" -Duser.language=en -Duser.country=US -Dorg.slf4j.simpleLogger.defaultLogLevel="${LOG_LEVEL:-error}" --enable-native-access=ALL-UNNAMED \
    -cp "$interop_dir/target/classes:$kafka_libs/*" "io.ottla.interop.$name" "$@"
}

# Installs every client below $clients_target: Python, npm and Go packages of pinned versions, Kafka's jars, and kcat.
ensure_clients() {
  local clients="$interop_dir/clients" target="$clients_target"
  mkdir -p "$target"
  ensure_kcat
  if ! cmp -s "$clients/python/requirements.txt" "$target/venv/requirements.txt"; then
    python3 -m venv --clear "$target/venv"
    "$target/venv/bin/pip" install -q --disable-pip-version-check -r "$clients/python/requirements.txt" </dev/null
    cp "$clients/python/requirements.txt" "$target/venv/requirements.txt"
  fi
  mkdir -p "$target/node"
  cp "$clients"/node/*.js "$target/node/"
  if ! cmp -s "$clients/node/package.json" "$target/node/package.json"; then
    cp "$clients/node/package.json" "$target/node/"
    (cd "$target/node" && npm install --ignore-scripts --no-package-lock --no-audit --no-fund --loglevel=error </dev/null >npm.log 2>&1) ||
      { rm "$target/node/package.json"; cat "$target/node/npm.log"; return 1; }
  fi
  (cd "$clients/go" && go build -o "$target/go-clients" .)
  ensure_kafka_libs
  local version
  for version in "${older_java_clients[@]}"; do
    [[ -e "$target/java-$version/kafka-clients-$version.jar" ]] ||
      mvn -q -B -f "$clients/java/pom.xml" -Djava-client.version="$version" -Djava-client.folder="$target/java-$version" \
        generate-resources </dev/null >&2
  done
}

# Prints the command of a Java client: java_client NAME LIBRARIES
java_client() {
  client "$1" "$(find_java)" -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
    -Duser.language=en -Duser.country=US --enable-native-access=ALL-UNNAMED -cp "$interop_dir/target/classes:$2/*" io.ottla.interop.JavaClient
}

# Prints NAME=COMMAND for a client, quoted as a shell would read it, since a folder may have a space in its name: client NAME WORD...
client() {
  local name="$1"
  shift
  echo "$name=${*@Q}"
}

# Prints a free TCP port of the loopback address, below the range of outgoing connections.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}
