"""The doors for programs: health, webhooks, the host app's API. No cookies are read here."""
