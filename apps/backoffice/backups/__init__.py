"""
A backup is a folder: the database, the stored files, and a manifest that says what they are.

Keys are in none of it: whoever has the folder alone can read no sealed credential, and whoever has
lost `ENCRYPTION_KEYS` cannot either.
"""

from apps.backoffice.backups.making import make_backup
from apps.backoffice.backups.manifest import BackupInvalid, BackupRefused, Manifest
from apps.backoffice.backups.restoring import restore_backup

__all__ = ["BackupInvalid", "BackupRefused", "Manifest", "make_backup", "restore_backup"]
