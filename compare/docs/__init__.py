"""The documentation: a page per study, beside the reports it shows."""
