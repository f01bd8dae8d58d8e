"""Commands for compliance officers: requests of people about their data, and receipts."""
