"""Excel workbooks: parts, sheets, numbers."""
