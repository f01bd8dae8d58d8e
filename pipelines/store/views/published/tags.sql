CREATE VIEW published.tags AS
SELECT contact_id, unnest(tags) AS tag, unnest(coalesce(tags_folded, tags)) AS tag_folded FROM contact;
