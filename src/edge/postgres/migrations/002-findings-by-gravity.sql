-- The gravest findings first, page by page: what the order needs stands beside the document.
alter table jobzero.findings
  add column kind text collate "C" not null default 'detection',
  add column gravity smallint not null default 0,
  add column last_time bigint not null default 0;

update jobzero.findings set
  kind = doc::json ->> 'kind',
  gravity = case severity when 'Informational' then 1 when 'Low' then 2 when 'Medium' then 3 when 'High' then 4 when 'Critical' then 5 end,
  last_time = (doc::json ->> 'lastTime')::bigint;

create index findings_by_gravity on jobzero.findings (tenant_id, gravity desc, last_time desc, id);
create index findings_by_kind on jobzero.findings (tenant_id, kind, gravity desc, last_time desc, id);
