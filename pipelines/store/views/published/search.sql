CREATE VIEW published.search AS
SELECT contact_id, names, text FROM contact_search;
