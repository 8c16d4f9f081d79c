ALTER TABLE activity.activities
    ADD INDEX IF NOT EXISTS by_summary summary TYPE tokenbf_v1(8192, 3, 0) GRANULARITY 4;
