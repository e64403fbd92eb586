"""A real Chromium walks through the whole running product."""
