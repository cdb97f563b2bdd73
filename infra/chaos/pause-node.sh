#!/bin/sh
# Stops a node of a running cluster with SIGSTOP, or lets it go on; --help tells how.
exec "$(dirname -- "$0")/java-main" ChaosMain pause-node "$@"
