"""What pages and answers show: one SQL statement each, into frozen views. Nothing here writes."""
