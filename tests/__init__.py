"""The tests, room by room as in the product."""
