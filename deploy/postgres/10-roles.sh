#!/bin/sh
# Run once by the PostgreSQL image, when it has made the database: the roles, and their passwords from the environment.
set -eu
export PGUSER="$POSTGRES_USER" PGDATABASE="$POSTGRES_DB"
psql --set ON_ERROR_STOP=1 --quiet --file /roles/roles.sql
psql --set ON_ERROR_STOP=1 --quiet --set owner="$AQAD_OWNER_PASSWORD" --set app="$AQAD_APP_PASSWORD" <<'SQL'
ALTER ROLE aqad_owner PASSWORD :'owner';
ALTER ROLE aqad_app PASSWORD :'app';
SQL
if [ -n "${AQAD_REPLICA_PASSWORD:-}" ]; then
    psql --set ON_ERROR_STOP=1 --quiet --set replica="$AQAD_REPLICA_PASSWORD" <<'SQL'
CREATE ROLE aqad_replica LOGIN REPLICATION PASSWORD :'replica';
SQL
    echo "host replication aqad_replica samenet scram-sha-256" >> "$PGDATA/pg_hba.conf"
fi
