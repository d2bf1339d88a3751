#!/bin/sh
# As the image of PostgreSQL does: a new database in an empty volume, open to the network of the containers with the superuser's password.
set -eu
data=/var/lib/postgresql/data
bin=/usr/lib/postgresql/15/bin
if [ ! -e "$data/PG_VERSION" ]; then
  install -d -o postgres -g postgres -m 0700 "$data"
  install -o postgres -m 0400 "$POSTGRES_PASSWORD_FILE" /tmp/password
  setpriv --reuid=postgres --regid=postgres --clear-groups "$bin/initdb" --pgdata="$data" --username=postgres --pwfile=/tmp/password \
    --auth=scram-sha-256 $POSTGRES_INITDB_ARGS >/dev/null
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
  echo "CREATE DATABASE $POSTGRES_DB" | setpriv --reuid=postgres --regid=postgres --clear-groups "$bin/postgres" --single -D "$data" postgres >/dev/null
fi
exec setpriv --reuid=postgres --regid=postgres --clear-groups "$bin/postgres" -D "$data" -c listen_addresses='*' -c unix_socket_directories=/tmp
