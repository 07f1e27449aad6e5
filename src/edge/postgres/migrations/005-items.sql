-- Small things with a life of their own: notifications, pages, questions to actors, drills, and what else has states and a due time.
create table jobzero.items (
  tenant_id jobzero.tenant_id not null,
  kind text collate "C" not null check (kind ~ '^[a-z][a-z0-9-]{0,62}$'),
  id text collate "C" not null,
  state text collate "C" not null,
  due_at bigint,
  at bigint not null,
  doc text collate "C" not null,
  primary key (tenant_id, kind, id)
);
create index items_by_due on jobzero.items (tenant_id, kind, due_at, id) where due_at is not null;
create index items_by_time on jobzero.items (tenant_id, kind, at, id);

select jobzero.fence('jobzero.items'::regclass);

create trigger tell after insert or update or delete on jobzero.items for each statement execute function jobzero.tell('items');

grant select, insert, update on jobzero.items to jobzero_app;
