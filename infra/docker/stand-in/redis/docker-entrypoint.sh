#!/bin/sh
set -e
# options alone are for the server
case ${1:-} in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
  chown -R redis:redis /data
  exec gosu redis "$0" "$@"
fi
# the image listens to whoever reaches the container
[ "$1" != redis-server ] || set -- "$@" --protected-mode no
exec "$@"
