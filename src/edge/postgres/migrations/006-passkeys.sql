-- Challenges that authenticators sign, and what was confirmed by them and not used yet. A purpose is a hash over session, action and subject.
create table jobzero.sign_in_challenges (
  tenant_id jobzero.tenant_id not null,
  hash text collate "C" not null,
  purpose text collate "C" not null,
  expires_at bigint not null,
  spent_at bigint,
  primary key (tenant_id, hash)
);
create index sign_in_challenges_by_purpose on jobzero.sign_in_challenges (tenant_id, purpose);

create table jobzero.sign_in_confirmations (
  tenant_id jobzero.tenant_id not null,
  purpose text collate "C" not null,
  expires_at bigint not null,
  primary key (tenant_id, purpose)
);

select jobzero.fence('jobzero.sign_in_challenges'::regclass);
select jobzero.fence('jobzero.sign_in_confirmations'::regclass);
grant select, insert, update, delete on jobzero.sign_in_challenges, jobzero.sign_in_confirmations to jobzero_app;
