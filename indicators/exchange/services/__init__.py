"""Uploads that are confirmed."""

from indicators.exchange.services.milestones import confirm_milestones, keep_milestone_upload
from indicators.exchange.services.workbooks import confirm_workbook, keep_upload

__all__ = ["confirm_milestones", "confirm_workbook", "keep_milestone_upload", "keep_upload"]
