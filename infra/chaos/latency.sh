#!/bin/sh
# Delays what a node of a running cluster sends; --help tells how.
exec "$(dirname -- "$0")/java-main" ChaosMain latency "$@"
