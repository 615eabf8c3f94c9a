"""Findings as tables: the workbook and its sheets, and plain files that no spreadsheet runs."""
