"""The browser's plain-HTTP doors: native forms that sign in and out, answered with a cookie and a redirect."""
