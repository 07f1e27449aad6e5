-- Says of items which kind changed, so that who follows one kind is not woken by all others.
create function jobzero.tell_kinds() returns trigger language plpgsql as $$
begin
  perform pg_notify('jobzero', tg_argv[0] || '/' || kinds.kind) from (select distinct kind from changed) as kinds;
  return null;
end $$;

drop trigger tell on jobzero.items;
create trigger tell_added after insert on jobzero.items referencing new table as changed
  for each statement execute function jobzero.tell_kinds('items');
create trigger tell_moved after update on jobzero.items referencing new table as changed
  for each statement execute function jobzero.tell_kinds('items');
create trigger tell_removed after delete on jobzero.items referencing old table as changed
  for each statement execute function jobzero.tell_kinds('items');
