#!/bin/sh
# Moves the wall clock of a node of a running cluster; --help tells how.
exec "$(dirname -- "$0")/java-main" ChaosMain move-clock "$@"
