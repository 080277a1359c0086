"""A backup of everything in one file: the rows of all tables, the uploaded files, checksums and versions.

The file is a ZIP archive that belongs to no database engine: a backup made on SQLite restores on PostgreSQL and the
other way round. Sessions are left out, so that nobody is signed in after a restore. Nothing is changed before
everything was checked, and what is changed is changed whole or not at all.
"""

from sdgplan.backups.archive import BackupFault, Summary, check_backup
from sdgplan.backups.making import make_backup
from sdgplan.backups.restoring import restore_backup

__all__ = ["BackupFault", "Summary", "check_backup", "make_backup", "restore_backup"]
