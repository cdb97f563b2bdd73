#!/bin/sh
# Starts clusters and keeps them until Ctrl-C; --help tells how.
exec "$(dirname -- "$0")/java-main" ClusterMain up "$@"
