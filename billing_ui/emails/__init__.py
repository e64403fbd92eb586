"""Mails: rendered from templates that hold no language, sent through one provider behind a small port."""
