#!/bin/bash
set -e
case ${1:-} in '' | -*) set -- cassandra -f "$@" ;; esac
if [ "$1" = cassandra ] && [ "$(id -u)" = 0 ]; then
  chown -R cassandra:cassandra "$CASSANDRA_CONF" /var/lib/cassandra /var/log/cassandra
  exec gosu cassandra "$0" "$@"
fi

configuration=$CASSANDRA_CONF/cassandra.yaml
edit() {
  local edited
  edited=$(sed -E "$1" "$configuration")
  printf '%s\n' "$edited" >"$configuration"
}

if [ "$1" = cassandra ]; then
  own=$(hostname -i | cut -d ' ' -f 1)
  : "${CASSANDRA_RPC_ADDRESS=0.0.0.0}"
  : "${CASSANDRA_LISTEN_ADDRESS=$own}"
  : "${CASSANDRA_BROADCAST_ADDRESS=$CASSANDRA_LISTEN_ADDRESS}"
  : "${CASSANDRA_BROADCAST_RPC_ADDRESS:=$CASSANDRA_BROADCAST_ADDRESS}"
  : "${CASSANDRA_SEEDS:=$CASSANDRA_BROADCAST_ADDRESS}"
  edit "s/(- seeds:).*/\1 \"$CASSANDRA_SEEDS\"/"
  for key in broadcast_address broadcast_rpc_address cluster_name endpoint_snitch listen_address num_tokens rpc_address; do
    variable=CASSANDRA_${key^^}
    value=${!variable:-}
    [ -z "$value" ] || edit "s/^(# )?($key:).*/\2 $value/"
  done
fi
exec "$@"
