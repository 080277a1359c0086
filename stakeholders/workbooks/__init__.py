"""A forum's papers as a workbook: out to whoever types them, and back with a preview of what changes."""
