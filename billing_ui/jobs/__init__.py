"""Work that is due: one runner, one thin file per job, the same on both databases."""
