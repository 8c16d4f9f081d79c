CREATE TABLE IF NOT EXISTS activity.activities
(
    at      DateTime64(3),
    summary String,
    tenant  LowCardinality(String)
)
ENGINE = ReplicatedMergeTree ORDER BY (tenant, at);
