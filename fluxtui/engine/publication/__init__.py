"""From what has arrived to a Snapshot that is told: memory, stages, rate, and the time line."""
