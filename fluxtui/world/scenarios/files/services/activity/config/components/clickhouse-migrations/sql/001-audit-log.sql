CREATE TABLE IF NOT EXISTS activity.audit_log
(
    at     DateTime64(3),
    actor  String,
    verb   LowCardinality(String),
    object String
)
ENGINE = ReplicatedMergeTree ORDER BY (at, actor);
