#!/bin/sh
# A replica: fetches the whole database once, then follows. PGPASSWORD is that of aqad_replica; the arguments start the server.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    rm -rf "$PGDATA" "$PGDATA.new"
    pg_basebackup --host "$AQAD_PRIMARY" --port "${AQAD_PRIMARY_PORT:-5432}" --username aqad_replica --no-password \
        --pgdata "$PGDATA.new" --wal-method stream --checkpoint fast --write-recovery-conf
    mv "$PGDATA.new" "$PGDATA"
fi
exec "$@"
