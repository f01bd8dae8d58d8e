"""The compliance ledger, and what it does to the warehouse: requests, holds, suppression, erasure, recalls."""
