#!/bin/sh
# Applies every migration that the database has not recorded yet, in the order of their numbers.
set -eu
for file in /migrations/*.sql; do
  name=$(basename "$file" .sql)
  done=$(clickhouse-client --host "$CLICKHOUSE_HOST" --query \
    "SELECT count() FROM activity.migrations WHERE name = '${name}'")
  if [ "$done" = "0" ]; then
    clickhouse-client --host "$CLICKHOUSE_HOST" --multiquery < "$file"
  fi
done
