ALTER TABLE activity.audit_log MODIFY TTL toDateTime(at) + INTERVAL 90 DAY;
