"""A backup of everything in one file: the rows of all tables, the uploaded files, checksums and versions.

The file is a ZIP archive that belongs to no database engine: a backup made on SQLite restores on PostgreSQL and the
other way round. It is signed by a key of the operator, and none but such a one comes back unless somebody says so.
Sessions are left out, so that nobody is signed in after a restore. Nothing is changed before
everything was checked, and what is changed is changed whole or not at all.
"""

from sdgplan.backups.archive import Summary, check_backup
from sdgplan.backups.faults import BackupFault
from sdgplan.backups.making import make_backup
from sdgplan.backups.restoring import restore_backup
from sdgplan.backups.signing import KeyFault, make_key, operators_key, public_key_of

__all__ = [
    "BackupFault",
    "KeyFault",
    "Summary",
    "check_backup",
    "make_backup",
    "make_key",
    "operators_key",
    "public_key_of",
    "restore_backup",
]
