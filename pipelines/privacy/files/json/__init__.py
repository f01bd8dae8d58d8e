"""JSON without a person: values cut out of the text, which stays as it is written."""
