#!/bin/sh
# Cuts the network between the nodes of a running cluster; --help tells how.
exec "$(dirname -- "$0")/java-main" ChaosMain partition "$@"
