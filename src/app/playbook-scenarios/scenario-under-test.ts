import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadRules } from '../../../src/core/detect/sigma/parse-rules.ts';
import { listUnits, root } from '../../../tools/units.ts';
import { eventsOfText } from '../../core/collect/log-reader.ts';
import { Accumulator } from '../../core/detect/accumulator.ts';
import { findingsOf } from '../../core/detect/findings-of.ts';
import { type RuleSet, ruleSet } from '../../core/detect/rule-set.ts';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { Finding, ResourceRef } from '../../core/model/finding.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Around, Playbook, Target } from '../../core/model/plan.ts';
import { openRange, type Range } from '../../range/open-range.ts';

/** Where scenarios play: an account that people work in, and the one that manages the organisation. */
export const account = '444455556666';
export const management = '111122223333';

/** Calls of somebody in the simulated organisation. They throw what AWS would answer. */
export interface Somebody {
  call(action: string, input: JsonObject, region?: string): JsonObject;
}

/** A simulated organisation in which something is prepared. */
export interface Organisation {
  readonly range: Range;
  /** The account's root: prepares, and interferes. */
  readonly root: Somebody;
  /** A user `mallory` with administrator's rights: attacks. Her calls are what rules see. */
  readonly mallory: Somebody;
  /** Root of the management account. */
  readonly manager: Somebody;
}

/** How one playbook is seen to work: an attack, a rule that finds it, and what undo has to bring back. */
export interface Scenario {
  readonly name: string;
  readonly playbook: Playbook;
  /** Where it happens; default `account`. */
  readonly account?: string;
  /** The rule that has to find the attack, and whose finding has to name the target. Or the finding itself. */
  readonly rule?: string;
  readonly finding?: (organisation: Organisation) => Finding;
  /** What of the organisation the finding does not tell. */
  readonly around?: Around;
  /** What it works on, where the finding is of no attack of its own; else what the playbook picks from the finding. */
  readonly target?: (organisation: Organisation) => Target;
  /** What was there before. */
  readonly prepare?: (organisation: Organisation) => void;
  /** The attack; its records are what the rule gets. */
  readonly attack: (organisation: Organisation) => void;
  /** The part of the organisation that the playbook changes; what is not there is null. */
  readonly view: (organisation: Organisation, target: Target) => Json;
  /** Somebody else changes what the playbook left, not back to what it was; or why nobody can. */
  readonly meddle: ((organisation: Organisation, target: Target) => void) | string;
  /** What the other one made stands in the way, and undo says so also when it is told to overwrite. */
  readonly inTheWay?: true;
  /** The calls that change something, as role and action. */
  readonly does: readonly string[];
  readonly undoes: readonly string[];
  /** Answers that it can do nothing: refused before anything is touched. */
  readonly refused?: { readonly when: (organisation: Organisation, target: Target) => void; readonly says: RegExp };
}

/** What a playbook turns on or off, gives or takes, as a whole: somebody else can only bring back what was. */
export const twoStates = 'It is there or it is not: whoever changes it brings back what was before.';

/** What cannot be undone asks, whatever somebody else did. */
export const nothingToUndo = 'It cannot be undone.';

export const start = Date.UTC(2026, 0, 15, 9);

/** An organisation in which nothing has happened, with mallory in it. */
export function openOrganisation(now: () => number): Organisation {
  const range = openRange({ seed: 'act', start, now });
  return organisationOf(range);
}

export function organisationOf(range: Range): Organisation {
  return { range, root: rootOf(range, account), mallory: malloryIn(range, account), manager: rootOf(range, management) };
}

function somebody(range: Range, credentials: Parameters<Range['perform']>[0]['credentials']): Somebody {
  return {
    call(action, input, region = 'us-east-1') {
      const outcome = range.perform({ credentials, region, action, input, origin: { ip: '198.51.100.7', userAgent: 'aws-cli/2.17.0' } });
      if (outcome.error !== null) throw outcome.error;
      return outcome.output;
    },
  };
}

const rootOf = (range: Range, id: string) => somebody(range, { kind: 'root', account: id });

/** The user `mallory` of an account, with all rights there; made when she is first asked for. */
export function malloryIn(range: Range, id: string): Somebody {
  const root = rootOf(range, id);
  if (range.state.accounts[id]?.users['mallory'] === undefined) {
    root.call('iam:CreateUser', { UserName: 'mallory' });
    root.call('iam:AttachUserPolicy', { UserName: 'mallory', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' });
    root.call('iam:CreateAccessKey', { UserName: 'mallory' });
  }
  const [accessKeyId = ''] = Object.keys(range.state.accounts[id]?.users['mallory']?.keys ?? {});
  return somebody(range, { kind: 'key', accessKeyId });
}

const rules = new Map<string, RuleSet>();

/** The findings of one rule in the records that an account's log has got since. */
export function findingsOfRule(id: string, records: readonly JsonObject[]): readonly Finding[] {
  let set = rules.get(id);
  if (set === undefined) {
    const file = join('content/rules', `${id.split('.').join('/')}.yml`);
    const loaded = loadRules([{ id, file, text: readFileSync(join(root, file), 'utf8') }], { declared: [...listUnits().keys()] });
    if (loaded.faults.length > 0) throw new Error(JSON.stringify(loaded.faults));
    set = ruleSet(loaded.rules, listUnits());
    rules.set(id, set);
  }
  const accumulator = new Accumulator(set);
  for (const record of records) for (const event of eventsOfText(JSON.stringify(record), 'scenario')) accumulator.add(event);
  return [...findingsOf(accumulator.drain(), set.rules, 'default')].filter((finding) => finding.rule.id === id);
}

/** The finding of a control about one resource. */
export function complianceFinding(control: string, resource: Pick<ResourceRef, 'uid' | 'type' | 'name'>, region = 'us-east-1'): Finding {
  return findingUnderTest({
    id: 'f'.repeat(32),
    kind: 'compliance',
    rule: { id: control },
    severity: 'Medium',
    account,
    region,
    resources: [{ ...resource, account, region }],
  });
}

/** A detection with evidence that no record of the organisation gives: of another log, or of many calls. */
export function detectionOf(
  rule: string,
  given: readonly {
    readonly operation: string;
    readonly resource?: Pick<ResourceRef, 'uid' | 'type' | 'name'>;
    readonly kept?: JsonObject;
  }[],
  time: number,
  region = 'us-east-1',
): Finding {
  return findingUnderTest({
    id: 'f'.repeat(32),
    rule: { id: rule },
    severity: 'Medium',
    account,
    region,
    evidence: given.map(({ operation, resource, kept }, i) => ({
      key: `${account}/${i}`,
      id: String(i),
      time,
      rule,
      operation,
      service: 'example.amazonaws.com',
      account,
      region,
      ...(resource === undefined ? {} : { resource: { ...resource, account, region } }),
      ...(kept === undefined ? {} : { kept }),
    })),
  });
}

/** Documents of a service that `settings` simulates: `kms/key/us-east-1` -> id -> document. */
export function documents({ range }: Organisation, place: string, id = account): { readonly [name: string]: JsonObject } {
  return range.state.accounts[id]?.settings?.[place] ?? {};
}

/** Changes a document of us-east-1 as no call does: what AWS itself brings about. */
export const becomes =
  (place: string, id: string, changes: (before: JsonObject) => JsonObject) =>
  ({ range }: Organisation): void => {
    const found: Record<string, JsonObject> | undefined = range.state.accounts[account]?.settings?.[`${place}/us-east-1`];
    const before = found?.[id];
    if (found === undefined || before === undefined) throw new Error(`there is no ${place} ${id}`);
    found[id] = { ...before, ...changes(before) };
  };

/** A policy that lets whom it names do everything with the resource that it is of. */
export function policyFor(...principals: readonly string[]): string {
  const Statement = principals.map((AWS, i) => ({ Sid: `S${i}`, Effect: 'Allow', Principal: { AWS }, Action: '*', Resource: '*' }));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** A view of these members of a document of us-east-1: `part('rds/db', 'sales', 'PubliclyAccessible')`. */
export const part =
  (place: string, id: string, ...names: readonly string[]): Scenario['view'] =>
  (organisation) => {
    const found = documents(organisation, `${place}/us-east-1`)[id] ?? {};
    return names.map((name) => found[name] ?? null);
  };

/** A call of somebody. */
export const as =
  (who: 'root' | 'mallory', action: string, input: JsonObject) =>
  (organisation: Organisation): void =>
    void organisation[who].call(action, input);

/** One after the other. */
export const all =
  (...steps: readonly ((organisation: Organisation) => void)[]) =>
  (organisation: Organisation): void => {
    for (const step of steps) step(organisation);
  };
