"""Tools without product words: amounts, the clock, the calendar, ids. Standard library only."""
