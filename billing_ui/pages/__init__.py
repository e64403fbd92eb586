"""The pages: each composes pieces, binds them to one state, and holds neither data nor rules."""
