-- The state of one installation. Each table has tenant_id first in its key, forced row-level security, and texts that
-- compare by bytes. Documents are canonical JSON as text, not jsonb: their bytes are hashed, and jsonb refuses \u0000.
-- The applying code has made the schema and the roles jobzero_owner, jobzero_app and jobzero_dbos.

create domain jobzero.tenant_id as text collate "C" check (value ~ '^[a-z0-9][a-z0-9-]{0,62}$');

-- Fences a table: the app role sees and writes rows of the tenant that its transaction names, and an unnamed tenant is
-- an error, not an empty answer. The owner, for backups and migrations, sees all tenants.
create function jobzero.fence(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy one_tenant on %s to jobzero_app
    using (tenant_id = current_setting(''jobzero.tenant'')) with check (tenant_id = current_setting(''jobzero.tenant''))', target);
  execute format('create policy all_tenants on %s to jobzero_owner using (true) with check (true)', target);
end $$;

-- Says after the commit what changed; identical notifications of one transaction arrive once.
create function jobzero.tell() returns trigger language plpgsql as $$
begin
  perform pg_notify('jobzero', tg_argv[0]);
  return null;
end $$;

create function jobzero.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of %.% are never changed or deleted', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end $$;

create table jobzero.documents (
  tenant_id jobzero.tenant_id not null,
  hash text collate "C" not null,
  kind text collate "C" not null,
  bytes bytea not null,
  primary key (tenant_id, hash)
);

create table jobzero.digests (
  tenant_id jobzero.tenant_id not null,
  key text collate "C" not null,
  rule text collate "C" not null,
  bucket bigint not null,
  state text collate "C" not null,
  primary key (tenant_id, key)
);
create index digests_by_bucket on jobzero.digests (tenant_id, bucket);

create table jobzero.digest_evictions (
  tenant_id jobzero.tenant_id not null,
  before bigint not null,
  primary key (tenant_id)
);

create table jobzero.batches (
  tenant_id jobzero.tenant_id not null,
  batch text collate "C" not null,
  is_done boolean not null default false,
  objects bigint not null default 0,
  events bigint not null default 0,
  set_aside bigint not null default 0,
  primary key (tenant_id, batch)
);

create table jobzero.lake_files (
  tenant_id jobzero.tenant_id not null,
  path text collate "C" not null,
  batch text collate "C" not null,
  account text collate "C" not null,
  source text collate "C" not null,
  hour bigint not null,
  row_count bigint not null,
  byte_count bigint not null,
  primary key (tenant_id, path)
);
create index lake_files_by_hour on jobzero.lake_files (tenant_id, hour);

create table jobzero.findings (
  tenant_id jobzero.tenant_id not null,
  id text collate "C" not null,
  revision text collate "C" not null,
  rule text collate "C" not null,
  severity text collate "C" not null,
  account text collate "C" not null,
  state text collate "C" not null,
  is_decided boolean not null,
  updated_at bigint not null,
  doc text collate "C" not null,
  primary key (tenant_id, id)
);
create index findings_undecided on jobzero.findings (tenant_id, updated_at, id) where not is_decided and state <> 'retracted';
create index findings_by_state on jobzero.findings (tenant_id, state, severity, id);

create table jobzero.finding_life (
  tenant_id jobzero.tenant_id not null,
  finding text collate "C" not null,
  seq bigint not null,
  event text collate "C" not null,
  at bigint not null,
  by_whom text collate "C" not null,
  note text collate "C" not null,
  revision text collate "C" not null,
  primary key (tenant_id, finding, seq)
);

create table jobzero.decisions (
  tenant_id jobzero.tenant_id not null,
  id text collate "C" not null,
  finding text collate "C" not null,
  revision text collate "C" not null,
  at bigint not null,
  finding_hash text collate "C" not null,
  context_hash text collate "C" not null,
  tolerance_hash text collate "C" not null,
  engine text collate "C" not null,
  decision_hash text collate "C" not null,
  doc text collate "C" not null,
  primary key (tenant_id, id)
);
create index decisions_by_finding on jobzero.decisions (tenant_id, finding, revision);
create index decisions_by_time on jobzero.decisions (tenant_id, at, id);

create table jobzero.actions (
  tenant_id jobzero.tenant_id not null,
  id text collate "C" not null,
  finding text collate "C" not null,
  account text collate "C" not null,
  state text collate "C" not null,
  by_whom text collate "C" not null,
  planned_at bigint not null,
  doc text collate "C" not null,
  primary key (tenant_id, id)
);
create index actions_by_state on jobzero.actions (tenant_id, state, planned_at);
create index actions_by_finding on jobzero.actions (tenant_id, finding);
create index actions_by_time on jobzero.actions (tenant_id, planned_at);

create table jobzero.receipts (
  tenant_id jobzero.tenant_id not null,
  action text collate "C" not null,
  step integer not null,
  at bigint not null,
  doc text collate "C" not null,
  primary key (tenant_id, action, step)
);

create table jobzero.judgements (
  tenant_id jobzero.tenant_id not null,
  id text collate "C" not null,
  state text collate "C" not null,
  asked_at bigint not null,
  doc text collate "C" not null,
  primary key (tenant_id, id)
);
create index judgements_by_state on jobzero.judgements (tenant_id, state, asked_at, id);

create table jobzero.settings (
  tenant_id jobzero.tenant_id not null,
  name text collate "C" not null,
  value text collate "C" not null,
  at bigint not null,
  by_whom text collate "C" not null,
  primary key (tenant_id, name)
);

create table jobzero.settings_history (
  tenant_id jobzero.tenant_id not null,
  name text collate "C" not null,
  seq bigint not null,
  value text collate "C" not null,
  at bigint not null,
  by_whom text collate "C" not null,
  primary key (tenant_id, name, seq)
);

-- What writers have put down and the sequencer has not numbered yet.
create table jobzero.ledger_inbox (
  tenant_id jobzero.tenant_id not null,
  position bigint generated always as identity,
  bytes text collate "C" not null,
  primary key (tenant_id, position)
);

-- `position` is the leaf's place in the inbox: it shows that what left the inbox came here.
create table jobzero.ledger_leaves (
  tenant_id jobzero.tenant_id not null,
  index bigint not null check (index >= 0),
  position bigint not null,
  bytes text collate "C" not null,
  hash text collate "C" not null,
  primary key (tenant_id, index),
  unique (tenant_id, position)
);

create table jobzero.ledger_checkpoints (
  tenant_id jobzero.tenant_id not null,
  size bigint not null,
  root text collate "C" not null,
  note text collate "C" not null,
  at bigint not null,
  primary key (tenant_id, size)
);

-- The roots of the perfect subtrees that make up the log, largest first: what appending needs.
create table jobzero.ledger_heads (
  tenant_id jobzero.tenant_id not null,
  size bigint not null,
  frontier text collate "C" not null,
  primary key (tenant_id)
);

create function jobzero.keep_until_numbered() returns trigger language plpgsql as $$
begin
  if not exists (select from jobzero.ledger_leaves l
                 where l.tenant_id = old.tenant_id and l.position = old.position and l.bytes = old.bytes) then
    raise exception 'an entry leaves the inbox only as a leaf of the ledger' using errcode = 'insufficient_privilege';
  end if;
  return old;
end $$;
create trigger keep_until_numbered before delete on jobzero.ledger_inbox for each row execute function jobzero.keep_until_numbered();

create table jobzero.sign_in_links (
  tenant_id jobzero.tenant_id not null,
  hash text collate "C" not null,
  expires_at bigint not null,
  spent_at bigint,
  primary key (tenant_id, hash)
);

create table jobzero.sign_in_sessions (
  tenant_id jobzero.tenant_id not null,
  hash text collate "C" not null,
  expires_at bigint not null,
  primary key (tenant_id, hash)
);

-- Which units of work have committed, for a writer whose connection broke before the answer came. Kept for a day.
create table jobzero.units (
  tenant_id jobzero.tenant_id not null,
  id uuid not null,
  at timestamptz not null default now(),
  primary key (tenant_id, id)
);

do $$
declare name text;
begin
  foreach name in array array['documents', 'digests', 'digest_evictions', 'batches', 'lake_files', 'findings', 'finding_life',
    'decisions', 'actions', 'receipts', 'judgements', 'settings', 'settings_history', 'ledger_inbox', 'ledger_leaves',
    'ledger_checkpoints', 'ledger_heads', 'sign_in_links', 'sign_in_sessions', 'units']
  loop
    perform jobzero.fence(format('jobzero.%I', name)::regclass);
  end loop;
  -- What is only ever added to: not even the owner changes it by an ordinary statement.
  foreach name in array array['finding_life', 'decisions', 'receipts', 'settings_history', 'ledger_leaves', 'ledger_checkpoints']
  loop
    execute format('create trigger refuse_change before update or delete or truncate on jobzero.%I
      for each statement execute function jobzero.refuse_change()', name);
  end loop;
end $$;

create trigger refuse_change before update or truncate on jobzero.ledger_inbox for each statement execute function jobzero.refuse_change();

-- As the owner, since it is for all tenants.
create function jobzero.purge_units() returns void language sql security definer set search_path = pg_catalog as $$
  delete from jobzero.units where at < now() - interval '1 day'
$$;

create trigger tell after insert or update or delete on jobzero.batches for each statement execute function jobzero.tell('batches');
create trigger tell after insert or update or delete on jobzero.findings for each statement execute function jobzero.tell('findings');
create trigger tell after insert on jobzero.decisions for each statement execute function jobzero.tell('decisions');
create trigger tell after insert or update or delete on jobzero.actions for each statement execute function jobzero.tell('actions');
create trigger tell after insert on jobzero.receipts for each statement execute function jobzero.tell('actions');
create trigger tell after insert or update or delete on jobzero.judgements for each statement execute function jobzero.tell('judgements');
create trigger tell after insert or update or delete on jobzero.settings for each statement execute function jobzero.tell('settings');
create trigger tell after insert on jobzero.ledger_checkpoints for each statement execute function jobzero.tell('ledger');

grant usage on schema jobzero to jobzero_app;
grant select, insert on all tables in schema jobzero to jobzero_app;
grant update on jobzero.digests, jobzero.digest_evictions, jobzero.batches, jobzero.findings, jobzero.actions, jobzero.judgements,
  jobzero.settings, jobzero.ledger_heads, jobzero.sign_in_links, jobzero.sign_in_sessions to jobzero_app;
grant delete on jobzero.digests, jobzero.ledger_inbox, jobzero.sign_in_links, jobzero.sign_in_sessions, jobzero.units to jobzero_app;
