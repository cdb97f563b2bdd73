#!/bin/sh
# Makes the disk of a node of a running cluster slow; --help tells how.
exec "$(dirname -- "$0")/java-main" ChaosMain slow-disk "$@"
