"""The browser's plain-HTTP doors."""
