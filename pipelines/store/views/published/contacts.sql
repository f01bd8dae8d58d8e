CREATE VIEW published.contacts AS
SELECT c.contact_id,
       c.name, c.name_folded, c.first_name, c.first_name_folded, c.last_name, c.last_name_folded,
       c.phone, ltrim(c.phone, '+') AS phone_digits,
       coalesce((SELECT list_transform(list_sort(list(struct_pack(further := NOT i.is_primary, value := i.value))),
                                       lambda each: each.value)
                 FROM contact_identifier i WHERE i.contact_id = c.contact_id AND i.type = 'phone'), []) AS phones,
       c.email, coalesce(c.email_folded, c.email) AS email_folded,
       coalesce((SELECT list_transform(list_sort(list(struct_pack(further := NOT i.is_primary, value := i.value))),
                                       lambda each: each.value)
                 FROM contact_identifier i WHERE i.contact_id = c.contact_id AND i.type = 'email'), []) AS emails,
       coalesce((SELECT list_transform(list_sort(list(struct_pack(further := NOT i.is_primary, value := i.value,
                                                                  folded := coalesce(i.value_folded, i.value)))),
                                       lambda each: each.folded)
                 FROM contact_identifier i WHERE i.contact_id = c.contact_id AND i.type = 'email'), [])
           AS emails_folded,
       c.source, c.first_seen_at, c.last_interaction_at, c.last_inbound_at, c.last_outbound_at,
       c.status, c.status_reason, c.status_since, c.status_as_of,
       c.tags, coalesce(c.tags_folded, c.tags) AS tags_folded, c.channels, c.attributes, c.records
FROM contact c;
