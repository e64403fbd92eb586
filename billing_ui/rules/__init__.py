"""The rules of billing as pure functions over frozen data: no database, no web, no clock."""
