"""What was written becomes what was meant: phones, addresses, names, typed values. Frame in, frame out."""
