"""Tables without a person: delimited text, workbooks, cards, Parquet."""
