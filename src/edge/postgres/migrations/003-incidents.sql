-- Findings joined into incidents: what each finding can be joined by, what it is joined to, and where ids of merged incidents lead.

-- A small part of each detection, with its links. `incident` is empty for a finding that is in none.
create table jobzero.incident_members (
  tenant_id jobzero.tenant_id not null,
  finding text collate "C" not null,
  incident text collate "C" not null,
  doc text collate "C" not null,
  primary key (tenant_id, finding)
);
create index incident_members_by_incident on jobzero.incident_members (tenant_id, incident, finding) where incident <> '';

-- `by_whom` is who stands behind the link, where that is counted.
create table jobzero.incident_links (
  tenant_id jobzero.tenant_id not null,
  key text collate "C" not null,
  by_whom text collate "C" not null,
  finding text collate "C" not null,
  primary key (tenant_id, key, by_whom, finding)
);
create index incident_links_by_finding on jobzero.incident_links (tenant_id, finding);

create table jobzero.incidents (
  tenant_id jobzero.tenant_id not null,
  id text collate "C" not null,
  revision text collate "C" not null,
  pages boolean not null,
  gravity smallint not null,
  last_time bigint not null,
  updated_at bigint not null,
  doc text collate "C" not null,
  primary key (tenant_id, id)
);
create index incidents_by_gravity on jobzero.incidents (tenant_id, pages desc, gravity desc, last_time desc, id);

-- What became of an incident that is no more: the one that its first finding is in now, or nothing.
create table jobzero.incident_forwards (
  tenant_id jobzero.tenant_id not null,
  id text collate "C" not null,
  into_id text collate "C" not null,
  at bigint not null,
  primary key (tenant_id, id)
);

do $$
declare name text;
begin
  foreach name in array array['incident_members', 'incident_links', 'incidents', 'incident_forwards']
  loop
    perform jobzero.fence(format('jobzero.%I', name)::regclass);
  end loop;
end $$;

create trigger tell after insert or update or delete on jobzero.incidents for each statement execute function jobzero.tell('incidents');

grant select, insert, update, delete on jobzero.incident_members, jobzero.incident_links, jobzero.incidents, jobzero.incident_forwards
  to jobzero_app;
