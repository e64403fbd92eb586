"""Who is asking, and may they: the session cookie, the policies of handlers, the gate before every event."""
