"""The pieces pages are composed of: each takes Vars and handlers, knows no data, and says only what `i18n` says."""
