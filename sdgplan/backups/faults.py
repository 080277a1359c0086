"""What is wrong with a backup."""


class BackupFault(Exception):
    """Why a backup cannot be made or restored, in words for the administrator. Nothing was changed."""
