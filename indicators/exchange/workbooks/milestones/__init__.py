"""A plan's yearly targets as one table: out as CSV or XLSX, edited there, and back with a preview of what changes."""
