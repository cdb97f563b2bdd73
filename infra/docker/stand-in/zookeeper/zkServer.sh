#!/bin/bash
[ "${1:-}" = start-foreground ] || { echo "only start-foreground here" >&2; exit 2; }
# shellcheck disable=SC2086
exec java ${JVMFLAGS:-} -cp "$ZOO_CONF_DIR:/opt/zookeeper/lib/*" org.apache.zookeeper.server.quorum.QuorumPeerMain "$ZOO_CONF_DIR/zoo.cfg"
