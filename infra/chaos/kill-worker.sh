#!/bin/sh
# Kills a process that works for a scenario; --help tells how.
exec "$(dirname -- "$0")/java-main" ChaosMain kill-worker "$@"
