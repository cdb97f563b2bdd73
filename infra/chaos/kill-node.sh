#!/bin/sh
# Kills a node of a running cluster, or brings it back; --help tells how.
exec "$(dirname -- "$0")/java-main" ChaosMain kill-node "$@"
