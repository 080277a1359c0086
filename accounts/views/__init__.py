"""Pages of one's own account, and of signing in."""

from accounts.views import locks, passwords, second_factor, sign_in

__all__ = ["locks", "passwords", "second_factor", "sign_in"]
