"""The round's results as a workbook: out to a department, edited there, and back with a preview of what changes."""
