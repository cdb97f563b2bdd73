#!/bin/bash
# Builds images with the names and the interfaces of the official ones, for machines that reach no image registry: a Debian base from
# the package mirror of this machine, and on it the servers that infra starts as processes (see ../servers), Debian's Redis, Java and
# Prometheus. Whatever uses the images, infra/docker-compose.yml and the kit with -Ddocker, then runs as with the official ones.
#
# They are stand-ins: the label io.fencepost.stand-in tells them apart, and their versions are those of the artifacts, not those of
# their tags. There is none of Grafana, which neither Debian nor Maven's repositories have.
set -euo pipefail

usage() {
  cat <<'U'
usage: stand-in-images.sh [--base IMAGE] [--force] [name...]

  name      cassandra, redis, zookeeper, prometheus, java, scheduler; without names all but scheduler, whose jar has to be built before
  --base    use this image as the base instead of making one with debootstrap (Debian 12 with the packages of the variable PACKAGES)
  --force   replace images of these names that are not stand-ins

Needs a Docker engine, the server class paths (./mvnw -Ptck process-resources -pl infra/servers/cassandra,infra/servers/zookeeper),
and for the base root and debootstrap. DEBIAN_MIRROR names a mirror other than the one apt uses here, DEBIAN_SUITE another suite.
Exit code 0 if all were built, 1 if not, 2 for a wrong command line.
U
}

PACKAGES=openjdk-17-jre-headless,redis-server,redis-tools,prometheus,gosu,procps,iproute2,wget
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
base=fencepost/stand-in-base:local
force=false
names=()

fail() {
  printf 'stand-in-images: %s\n' "$1" >&2
  exit "${2:-1}"
}

while [ $# -gt 0 ]; do
  case $1 in
    --help) usage; exit 0 ;;
    --base) [ $# -ge 2 ] || fail "--base needs an image" 2; base=$2; shift ;;
    --force) force=true ;;
    cassandra | redis | zookeeper | prometheus | java | scheduler) names+=("$1") ;;
    *) usage >&2; fail "'$1' is none of the above" 2 ;;
  esac
  shift
done
[ ${#names[@]} -gt 0 ] || names=(cassandra redis zookeeper prometheus java)

docker version >/dev/null 2>&1 || fail "no Docker engine answers: docker version says why"
# the names of the images
set -a
. "$here/../.env"
set +a

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

make_base() {
  docker image inspect "$base" >/dev/null 2>&1 && return
  command -v debootstrap >/dev/null || fail "no debootstrap to make the base image with, and no image $base"
  [ "$(id -u)" = 0 ] || fail "debootstrap needs root"
  local suite=${DEBIAN_SUITE:-bookworm}
  local mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -m 1 '/debian$' || true)}
  echo "base: $suite by debootstrap"
  # shellcheck disable=SC2086
  debootstrap --variant=minbase "--include=$PACKAGES" "$suite" "$work/base" $mirror >"$work/debootstrap.log" ||
    fail "debootstrap: $(tail -n 3 "$work/debootstrap.log")"
  rm -rf "$work"/base/var/cache/apt/archives/*.deb "$work"/base/var/lib/apt/lists/*
  tar -C "$work/base" -c . | docker import - "$base" >/dev/null
  rm -rf "$work/base"
}

# name of the image, folder of the Dockerfile; what else is in $work/context is for COPY
build() {
  if ! $force && docker image inspect "$1" >/dev/null 2>&1 &&
    [ "$(docker image inspect --format '{{index .Config.Labels "io.fencepost.stand-in"}}' "$1")" != true ]; then
    fail "$1 is there and no stand-in; --force replaces it"
  fi
  mkdir -p "$work/context"
  cp -R "$here/stand-in/$2/." "$work/context/"
  # nothing is fetched while it builds
  DOCKER_BUILDKIT=0 docker build --quiet --network none --label io.fencepost.stand-in=true --build-arg "BASE=$base" --tag "$1" "$work/context" >"$work/build.log" 2>&1 ||
    fail "$1: $(tail -n 5 "$work/build.log")"
  rm -rf "$work/context"
  echo "$2: $1"
}

# the jars of a server into the context
jars() {
  local list=$root/infra/servers/$1/target/classpath.txt
  [ -f "$list" ] || fail "$list is missing: ./mvnw -Ptck process-resources -pl infra/servers/$1"
  mkdir -p "$work/context/lib"
  tr ':' '\n' <"$list" | xargs -I '{}' cp '{}' "$work/context/lib/"
}

build_scheduler() {
  local jar
  jar=$(ls "$root"/scenarios/scheduler/target/fencepost-scheduler-*-all.jar 2>/dev/null | head -n 1)
  [ -n "$jar" ] || fail "the scheduler's jar is missing: ./mvnw -DskipTests package -pl scenarios/scheduler -am"
  docker image inspect "$JRE_IMAGE" >/dev/null 2>&1 || build "$JRE_IMAGE" java
  # the stage that takes a jar made outside; only what it copies is sent
  mkdir -p "$work/context/scenarios/scheduler/target" "$work/context/infra/docker"
  cp "$jar" "$work/context/scenarios/scheduler/target/"
  cp "$here/healthcheck.sh" "$work/context/infra/docker/"
  DOCKER_BUILDKIT=0 docker build --quiet --network none --build-arg "JRE_IMAGE=$JRE_IMAGE" --target prebuilt \
    --file "$here/Dockerfile" --tag "$SCHEDULER_IMAGE" "$work/context" >"$work/build.log" 2>&1 ||
    fail "$SCHEDULER_IMAGE: $(tail -n 5 "$work/build.log")"
  rm -rf "$work/context"
  echo "scheduler: $SCHEDULER_IMAGE"
}

make_base
for name in "${names[@]}"; do
  case $name in
    cassandra)
      jars cassandra
      # the options of the JVM that infra starts Cassandra with: one list for both
      sed -n '/MODULE_OPTIONS = List.of(/,/);/p' "$root/infra/src/main/java/io/fencepost/infra/CassandraServer.java" |
        grep -o '"[^"]*"' | tr -d '"' >"$work/context/jvm.options"
      build "$CASSANDRA_IMAGE" cassandra
      ;;
    redis) build "$REDIS_IMAGE" redis ;;
    zookeeper) jars zookeeper; build "$ZOOKEEPER_IMAGE" zookeeper ;;
    prometheus) build "$PROMETHEUS_IMAGE" prometheus ;;
    java) build "$JRE_IMAGE" java ;;
    scheduler) build_scheduler ;;
  esac
done
