"""Pure helpers: nothing here knows a room of the project."""
