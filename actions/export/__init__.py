"""What /export gives: everything that is kept of one person, as a page, a document, a record and pictures."""
