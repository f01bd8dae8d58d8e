"""Values as written become values as meant: phones, e-mails, names, dates, numbers."""
