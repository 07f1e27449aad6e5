import { silenceRule } from '../../core/collect/arrivals/silence.ts';
import { type AccountFacts, healthOf } from '../../core/decide/on-call/health-of.ts';
import type { AccountHealth, HealthSource, HealthState } from '../../core/model/health.ts';
import { sources as allSources } from '../../core/model/source.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { armedPlaces, isStopped } from '../settings.ts';
import { playbookFaults } from './faults/playbook-faults.ts';
import { roleState } from './role-state.ts';
import { ruleSources } from './rule-sources.ts';
import { type ArrivedDay, arrivedDays, seenAccounts } from './seen-accounts.ts';

export interface Health {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly accounts: readonly (AccountHealth & { readonly counts: { readonly [state in HealthState]: number } })[];
}

const most = 500;

/** How each account, source and playbook does. A function of what is stored, the content and the time. `account`: only this one. */
export async function readHealth(
  { store, tenant, clock, playbooks, rules }: Pick<ConsoleDeps, 'store' | 'tenant' | 'clock' | 'playbooks' | 'rules'>,
  account: string | null,
): Promise<Health> {
  const bySources = ruleSources((await rules?.()) ?? []);
  // A playbook answers rules by logs, and controls by settings.
  const sourcesOf = (ids: readonly string[]) => [
    ...new Set(ids.flatMap((id): readonly HealthSource[] => bySources.get(id)?.filter((source) => source !== 'ocsf') ?? ['settings'])),
  ];
  const latest = new Map(playbooks.map((playbook) => [playbook.id, playbook]));
  const answers = [...latest.values()]
    .map(({ id, handles, cutsOff }) => ({
      playbook: id,
      // Credentials of AWS are named by CloudTrail.
      sources: [...new Set([...sourcesOf(handles), ...(cutsOff === true ? (['aws.cloudtrail'] as const) : [])])].sort(),
    }))
    .sort((a, b) => (a.playbook < b.playbook ? -1 : 1));
  const asked = new Set([...bySources.values()].flat());
  // OCSF is another form in which logs come, and none of its own.
  const sources: readonly HealthSource[] = ['settings', ...allSources.filter((source) => source !== 'ocsf' && asked.has(source))];
  return store.within(tenant, async (tx) => {
    const at = clock.now();
    const stopped = await isStopped(tx);
    const facts = await accountFacts(tx, [...latest.keys()], account, at);
    return {
      at,
      accounts: facts.map((one) => {
        const health = healthOf(one, sources, answers, stopped, at);
        const count = (state: HealthState) => health.playbooks.filter((playbook) => playbook.state === state).length;
        return { ...health, counts: { working: count('working'), blind: count('blind'), disarmed: count('disarmed') } };
      }),
    };
  });
}

async function accountFacts(tx: Tx, playbooks: readonly string[], only: string | null, at: number): Promise<readonly AccountFacts[]> {
  const days = await arrivedDays(tx, at);
  const byAccount = Map.groupBy(days, ({ account }) => account);
  const silences = await silencesBy(tx);
  const failing = new Set((await playbookFaults(tx, at)).map(({ name }) => name));
  const isArmed = await armedPlaces(tx);
  const facts: AccountFacts[] = [];
  for (const { id, inventoriedAt, unread } of await seenAccounts(tx, days)) {
    if (only !== null && only !== id) continue;
    const denied = async (role: 'reader' | 'actor') => {
      const state = await roleState(tx, id, role);
      return state?.state === 'denied' ? state.code : null;
    };
    facts.push({
      account: id,
      settingsAt: inventoriedAt,
      unread: unread.map(({ permission }) => permission),
      readerDenied: await denied('reader'),
      actorDenied: await denied('actor'),
      arrived: sourcesIn(byAccount.get(id) ?? []),
      silent: silences.get(id) ?? new Map(),
      armed: new Set(playbooks.filter((playbook) => isArmed(playbook, id))),
      failing: new Set(playbooks.filter((playbook) => failing.has(`${playbook}/${id}`))),
    });
  }
  return facts;
}

function sourcesIn(days: readonly ArrivedDay[]): ReadonlySet<HealthSource> {
  return new Set(days.map(({ source }) => source));
}

/** Account -> source -> where it is silent, and since when. */
async function silencesBy(tx: Tx): Promise<ReadonlyMap<string, ReadonlyMap<HealthSource, string>>> {
  const silences = new Map<string, Map<HealthSource, string>>();
  for (const state of ['open', 'acknowledged'] as const)
    for (const { finding } of await tx.findings.list({ rule: silenceRule, state, limit: most })) {
      const { source, account = '', region = '' } = finding.group as { readonly [key: string]: string };
      const known = silences.get(account) ?? new Map<HealthSource, string>();
      const where = region === '' ? '' : ` in ${region}`;
      known.set(source as HealthSource, `silent${where} since ${new Date(finding.lastTime).toISOString()}`);
      silences.set(account, known);
    }
  return silences;
}
