import { obligations } from '../../../content/index.ts';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { DeclaredIncident, IncidentCommand } from '../../core/model/declared-incident.ts';
import type { FindingState } from '../../core/model/finding.ts';
import type { Incident, IncidentMember } from '../../core/model/incident.ts';
import type { Severity } from '../../core/model/severity.ts';
import type { DecisionRow, Store, Tx } from '../../core/ports/store.ts';
import { queuedOf } from '../notify/delivery.ts';
import { readChannels } from '../notify/read-channels.ts';
import { followPages } from '../on-call/follow-pages.ts';
import { onCallSetting } from '../on-call/on-call-settings.ts';
import { raisePages } from '../on-call/raise-pages.ts';
import { commandIncident } from './command-incident.ts';
import { type Declaration, declareIncident } from './declare-incident.ts';
import { readDeclared } from './declared.ts';
import { followIncidents } from './follow-incidents.ts';
import { proposeIncidents } from './propose-incidents.ts';

export const minute = 60_000;
export const hour = 60 * minute;
/** A Tuesday. */
export const noon = Date.UTC(2026, 0, 6, 11);

export const channels = readChannels(
  `
channels:
  chat: { kind: slack, token: "\${T}", signing: "\${S}", to: C1 }
  mail: { kind: smtp, host: smtp.example.com, from: jobzero@example.com }
  tickets: { kind: jira, url: "https://example.atlassian.net", user: bot, token: "\${T}", project: SEC }
people:
  alice: { chat: U1 }
  bob: { chat: U2 }
  carol: { mail: carol@example.com }
`,
  'channels.yml',
);
export const onCallText = `zone: Europe/Berlin
engineer:
  - { people: [alice], from: 2026-01-05 09:00, turn: 1w }
backup: [bob]
everyone: [alice, bob, carol]
quiet:
  - { hours: 22:00-07:00 }
`;

let tenants = 0;

/** A tenant in which incidents are found and declared, with a clock that the test moves. */
export async function incidentWorld(store: Store) {
  const tenant = `incident-mode-${++tenants}`;
  let now = noon;
  const within = <T>(work: (tx: Tx) => Promise<T>) => store.within(tenant, work);
  const clock = { now: () => now };
  const deps = { tenant, store, clock, channels: async () => channels };
  const known = await obligations();
  await within((tx) => tx.settings.set(onCallSetting, onCallText, now, 'test'));

  const findingOf = (id: string, severity: Severity = 'High') =>
    findingUnderTest({
      tenant,
      id,
      rule: { id: 'aws.iam.access-key-created-for-other-user', title: `Title of ${id}` },
      severity,
      at: now,
      message: `Message of ${id}`,
    });

  return {
    tenant,
    store,
    within,
    deps,
    clock,
    channels,
    obligation: (id: string) => known.find((one) => one.id === id) ?? fail(id),
    now: () => now,
    at(time: number) {
      now = time;
    },
    findingOf,
    /** An incident that pages, whose findings were decided. */
    async found(id: string, findings: readonly ReturnType<typeof findingOf>[], change: Partial<Incident> = {}) {
      await within(async (tx) => {
        for (const finding of findings) {
          await tx.findings.put(finding, now);
          const row = { id: idOf(finding.id, finding.revision), finding: finding.id, revision: finding.revision, at: now };
          const decision = {
            format: 'jobzero.decision/1',
            finding: finding.id,
            verdict: 'watch',
            guardrails: [],
            actions: [],
            risk: 0,
            reason: '',
          };
          const hashes = { findingHash: '', contextHash: '', toleranceHash: '', engine: '', decisionHash: '' };
          await tx.decisions.put({ ...row, ...hashes, decision } as unknown as DecisionRow);
        }
        await tx.incidents.putMembers(
          findings.map((one) => ({ finding: one.id, revision: one.revision, links: [] }) as unknown as IncidentMember),
        );
        await tx.incidents.assign(findings.map((one) => ({ finding: one.id, incident: id })));
        await tx.incidents.put(
          {
            format: 'jobzero.incident/1',
            tenant,
            id,
            revision: idOf(id, now, change),
            title: `Incident ${id}`,
            severity: 'Critical',
            pages: true,
            why: ['A finding of Critical.'],
            sequences: [],
            tactics: [],
            techniques: [],
            actors: [],
            accounts: ['111122223333'],
            resources: [],
            members: findings.map(({ id: finding, revision }) => ({ finding, revision })),
            timeline: findings.map((one) => ({
              finding: one.id,
              rule: one.rule.id,
              title: one.rule.title,
              what: one.message,
              severity: one.severity,
              tactics: [],
              techniques: [],
              account: one.account,
              events: [`event-of-${one.id}`],
              moreEvents: false,
              time: one.firstTime,
              until: one.lastTime,
            })),
            left: { members: 0, actors: 0, accounts: 0, resources: 0, timeline: 0 },
            firstTime: now,
            lastTime: now,
            ...change,
          },
          now,
        );
      });
    },
    finding: (id: string, event: Exclude<FindingState, 'open' | 'retracted'>) =>
      within((tx) => tx.findings.live(id, event, now, 'automation', '')),
    judgement: (id: string, finding: string) =>
      within((tx) =>
        tx.judgements.ask({
          id,
          tenant,
          finding,
          revision: 'r',
          incident: null,
          question: `Question ${id}?`,
          options: [],
          guardrails: [],
          recommendation: 'deny',
          because: 'b',
          state: 'waiting',
          askedAt: now,
          answeredAt: null,
          answeredBy: [],
          approvalsNeeded: 1,
        }),
      ),
    async run() {
      await raisePages(deps);
      await followPages(deps);
      await proposeIncidents(deps);
      await followIncidents(deps);
    },
    declare: (by: string, change: Partial<Declaration> = {}) =>
      declareIncident(deps, by, { title: 'It burns', severity: 'Critical', incident: null, commander: '', ...change }),
    /** Declares and gives the id. */
    async declared(by: string, change: Partial<Declaration> = {}): Promise<string> {
      const done = await this.declare(by, change);
      return done.outcome === 'done' ? done.incident.id : fail(done.outcome);
    },
    command: (id: string, by: string, command: IncidentCommand) => commandIncident(deps, id, by, command),
    is: async (id: string): Promise<DeclaredIncident> => (await within((tx) => readDeclared(tx, id))) ?? fail(id),
    sent: () =>
      within(async (tx) => {
        const items = await tx.items.list({ kind: 'notification', limit: 1_000 });
        return items.map((item) => queuedOf(item)).map((one) => ({ ...one, where: `${one.channel}:${one.to}` }));
      }),
  };
}
export type IncidentWorld = Awaited<ReturnType<typeof incidentWorld>>;

function fail(what: string): never {
  throw new Error(what);
}
