"""The billing desk of an AI or SaaS product: plans, top-ups, a ledger that can be proven, live pages."""

__version__ = "0.1.0"
