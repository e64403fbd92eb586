"""The plumbing: databases, signals, rate limits, password hashes. No product words."""
