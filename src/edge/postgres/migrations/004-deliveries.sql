-- How logs came, and what proves that all of them came.

-- Per source, account, Region and day of the events: a join-semilattice value.
create table jobzero.arrivals (
  tenant_id jobzero.tenant_id not null,
  source text collate "C" not null,
  account text collate "C" not null,
  region text collate "C" not null,
  day bigint not null,
  state text collate "C" not null,
  primary key (tenant_id, source, account, region, day)
);
create index arrivals_by_day on jobzero.arrivals (tenant_id, day);

-- The content of each log file that a digest may name. One that was altered has several rows.
create table jobzero.object_hashes (
  tenant_id jobzero.tenant_id not null,
  object text collate "C" not null,
  hash text collate "C" not null,
  primary key (tenant_id, object, hash)
);

create table jobzero.trail_digests (
  tenant_id jobzero.tenant_id not null,
  object text collate "C" not null,
  account text collate "C" not null,
  region text collate "C" not null,
  trail text collate "C" not null,
  end_at bigint not null,
  doc text collate "C" not null,
  primary key (tenant_id, object)
);
create index trail_digests_by_end on jobzero.trail_digests (tenant_id, end_at);

do $$
declare name text;
begin
  foreach name in array array['arrivals', 'object_hashes', 'trail_digests']
  loop
    perform jobzero.fence(format('jobzero.%I', name)::regclass);
  end loop;
end $$;

grant select, insert, update on jobzero.arrivals, jobzero.object_hashes, jobzero.trail_digests to jobzero_app;
