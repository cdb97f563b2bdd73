#!/bin/sh
# Undoes what was done to a running cluster; --help tells how.
exec "$(dirname -- "$0")/java-main" ChaosMain heal "$@"
