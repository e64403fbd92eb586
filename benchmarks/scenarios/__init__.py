"""One module per scenario; each has NAME, GOALS and `variants()`."""
