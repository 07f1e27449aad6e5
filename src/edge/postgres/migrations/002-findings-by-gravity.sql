-- The gravest findings first, page by page: what the order needs stands beside the document.
alter table jobzero.findings
  add column kind text collate "C" not null default 'detection',
  add column gravity smallint not null default 0,
  add column last_time bigint not null default 0;

-- The documents are canonical JSON, which the database cannot parse where a text holds U+0000 or half a surrogate pair. No quotation mark
-- stands in a text without a backslash before it, and after these members come only ones whose names are ours: the last match is theirs.
update jobzero.findings set
  kind = coalesce(substring(doc from '^.*,"kind":"([a-z]+)","lastTime":-?[0-9]+,"message":"'), 'detection'),
  gravity = case severity when 'Informational' then 1 when 'Low' then 2 when 'Medium' then 3 when 'High' then 4 when 'Critical' then 5 else 0 end,
  last_time = coalesce(substring(doc from '^.*,"kind":"[a-z]+","lastTime":(-?[0-9]+),"message":"')::bigint, 0);

create index findings_by_gravity on jobzero.findings (tenant_id, gravity desc, last_time desc, id);
create index findings_by_kind on jobzero.findings (tenant_id, kind, gravity desc, last_time desc, id);
