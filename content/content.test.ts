import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkPlaybook } from '../src/core/act/check-playbook.ts';
import { eventsOfText, readWhole } from '../src/core/collect/log-reader.ts';
import { Accumulator } from '../src/core/detect/accumulator.ts';
import { findingsOf } from '../src/core/detect/findings-of.ts';
import { type RuleSet, ruleSet } from '../src/core/detect/rule-set.ts';
import { loadRules } from '../src/core/detect/sigma/parse-rules.ts';
import { tactics, techniques } from '../src/core/model/attack.ts';
import { parseCampaign } from '../src/core/model/campaign.ts';
import type { Event } from '../src/core/model/event.ts';
import type { Finding } from '../src/core/model/finding.ts';
import type { Json, JsonObject } from '../src/core/model/json.ts';
import type { Resource } from '../src/core/model/resource.ts';
import type { Rule } from '../src/core/model/rule.ts';
import { takeLogObjects } from '../src/range/log-objects.ts';
import { openRange } from '../src/range/open-range.ts';
import { runCampaign } from '../src/range/run-campaign.ts';
import { stale } from '../tools/gen.ts';
import { need } from '../tools/require.ts';
import { controlModules, documentsOf, listUnits, modules, playbookModules, root, ruleFiles } from '../tools/units.ts';
import { defaultsOf, exampleTexts } from './example-event.ts';
import { controls as indexedControls, lists as indexedLists, playbooks as indexedPlaybooks, rules as indexedRules } from './index.ts';

const files = ruleFiles();
const lists = listUnits();
const declared = [...lists.keys()];
const loaded = loadRules(files, { declared });
const everyRule = ruleSet(loaded.rules, lists);
const controls = await controlModules();
const playbooks = await playbookModules();
const frameworks = await modules<import('../src/core/model/framework.ts').Framework>('frameworks');
const retired = Object.keys(JSON.parse(readFileSync(join(root, 'content/retired.json'), 'utf8')) as JsonObject);
const handled = new Set(playbooks.flatMap(({ unit }) => unit.handles));

/** What the engine makes of records as texts, one event each, in whatever order they are given. */
function detect(set: RuleSet, texts: readonly string[]): readonly Finding[] {
  const events = texts.map((text): Event => {
    const [event, ...more] = eventsOfText(text, 'example');
    if (event === undefined || more.length > 0) throw new Error(`not one event: ${text}`);
    return event;
  });
  const accumulator = new Accumulator(set);
  for (const event of events) accumulator.add(event);
  return [...findingsOf(accumulator.drain(), set.rules, 'default')];
}

interface RuleExample {
  readonly name: string;
  readonly event?: JsonObject;
  readonly events?: readonly JsonObject[];
  /** Entries of named lists, for this example. */
  readonly lists?: { readonly [name: string]: readonly string[] };
  readonly expect: boolean;
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Rules with the lists of an example beside our own; compiled once for the same rules and lists. */
function withLists(rules: readonly Rule[], own: RuleExample['lists'] = {}): RuleSet {
  const known = compiled.get(rules) ?? new Map<string, RuleSet>();
  compiled.set(rules, known);
  const key = JSON.stringify(own);
  const set = known.get(key) ?? ruleSet(rules, new Map([...lists, ...Object.entries(own)]));
  known.set(key, set);
  return set;
}

const compiled = new Map<readonly Rule[], Map<string, RuleSet>>();

const ruleUnits = files.map(({ id = '', file, text }) => {
  const documents = documentsOf(text);
  const examples = documents.flatMap((document) => (document['examples'] ?? []) as unknown as RuleExample[]);
  const detection = documents.map((document) => document['detection']).find(isObject) ?? {};
  const rules = loaded.rules.filter((rule) => rule.id === id || rule.id.startsWith(`${id}.`));
  const sources = rules.flatMap((rule) => (rule.kind === 'event' ? rule.sources : []));
  return {
    id,
    file,
    documents,
    examples,
    defaults: defaultsOf(detection),
    sources,
    set: withLists(rules),
    with: (own: RuleExample['lists']) => withLists(rules, own),
  };
});

test('every rule file compiles', () => {
  expect(loaded.faults).toEqual([]);
  expect(loaded.rules.length).toBeGreaterThan(files.length - 1);
});

const leftOut: readonly { readonly name: string; readonly left: string; readonly change: (event: JsonObject) => JsonObject }[] = [
  { name: 'calls that failed', left: '"errorCode|exists":true', change: (event) => ({ ...event, errorCode: 'InternalFailure' }) },
  {
    name: 'calls of AWS services',
    left: '"userIdentity.invokedBy|exists":true',
    change: (event) => ({ ...event, userIdentity: { invokedBy: 'example.amazonaws.com', ...(event['userIdentity'] as JsonObject) } }),
  },
  {
    name: 'people in the console',
    left: '"sessionCredentialFromConsole":"true"',
    change: (event) => ({ ...event, sessionCredentialFromConsole: 'true' }),
  },
  { name: 'other calls', left: 'eventName', change: (event) => ({ ...event, eventName: 'AnotherCall' }) },
];

/** Whether a document's condition, outside of parentheses, says `and not` of a search with this in it. */
function leavesOut(document: JsonObject, left: string): boolean {
  const detection = document['detection'];
  // The correlation itself asks for nothing.
  if (!isObject(detection)) return document['correlation'] !== undefined;
  if (left === 'eventName')
    return Object.values(detection).some((search) => isObject(search) && Object.keys(search).some((key) => key.startsWith(left)));
  let condition = String(detection['condition']);
  while (/\([^()]*\)/.test(condition)) condition = condition.replace(/\([^()]*\)/g, 'group');
  if (condition.includes(' or ')) return false;
  return [...condition.matchAll(/ and not (\w+)/g)].some(([, name = '']) => JSON.stringify(detection[name] ?? {}).includes(left));
}

describe.each(ruleUnits.map((unit) => [unit.id, unit] as const))(
  '%s',
  (_, { id, documents, examples, defaults, sources, set, with: alone }) => {
    test.each(examples.map((example) => [example.name, example] as const))('%s', (__, example) => {
      const special = example.events ?? [example.event ?? {}];
      const texts = exampleTexts(special, defaults, sources);
      const raised = (found: readonly Finding[]) => found.some((finding) => finding.rule.id === id);
      const own = example.lists === undefined ? set : alone(example.lists);
      const every = example.lists === undefined ? everyRule : withLists(loaded.rules, example.lists);
      expect(raised(detect(own, texts))).toBe(example.expect);
      // The same among all rules, and backwards: neither the other rules nor the order may matter.
      expect(raised(detect(every, [...texts].reverse()))).toBe(example.expect);
    });

    // What a rule leaves out, it leaves out of everything: the positive examples, changed in that one thing, are silent.
    test.each(leftOut.filter(({ left }) => documents.every((document) => leavesOut(document, left))))(
      'is silent on $name',
      ({ change }) => {
        for (const example of examples.filter((one) => one.expect)) {
          const special = (example.events ?? [example.event ?? {}]).map((event) => change(event));
          expect(detect(alone(example.lists), exampleTexts(special, defaults, sources)), example.name).toEqual([]);
        }
      },
    );

    test('has what a rule needs', () => {
      expect(examples.some((example) => example.expect)).toBe(true);
      expect(examples.some((example) => !example.expect)).toBe(true);
      for (const document of documents) {
        expect(document['id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
        const unknown = Object.keys(document).filter((key) => !known.has(key));
        expect(unknown).toEqual([]);
      }
      for (const rule of set.rules.values()) {
        if (!rule.raises) continue;
        expect(rule.description).not.toBe('');
        expect(rule.techniques.length).toBeGreaterThan(0);
        for (const technique of rule.techniques) {
          expect(techniques.has(technique), `${technique} is in core/model/attack-v19.json`).toBe(true);
          expect(rule.tactics.some((tactic) => techniques.get(technique)?.tactics.includes(tactic))).toBe(true);
        }
        for (const tactic of rule.tactics) {
          expect(tactics.has(tactic), `${tactic} is a tactic`).toBe(true);
          expect(rule.techniques.some((technique) => techniques.get(technique)?.tactics.includes(tactic))).toBe(true);
        }
        // Answered by a playbook, or by a person, with the reason why.
        const document = documents.find((one) => (rule.id === id ? one['name'] === undefined : rule.id === `${id}.${String(one['name'])}`));
        const why = document?.['judgement'];
        expect(handled.has(rule.id) || (typeof why === 'string' && why !== ''), `${rule.id} has a playbook or a judgement`).toBe(true);
      }
    });
  },
);

const note = 'aws.account.shared-with-sister-account';
const onSharing = ruleUnits.filter(({ documents }) => documents.some((document) => JSON.stringify(document).includes('"foreign-account"')));

// Of a rule on other accounts, a sister account is left out; then it is a note, whatever was opened to it.
test.each(onSharing.map((unit) => [unit.id, unit] as const))(
  '%s leaves sister accounts to the note',
  (id, { examples, defaults, sources }) => {
    const withSister = withLists(loaded.rules, { 'own-accounts': ['111122223333', '444455556666'] });
    const about = examples.filter((one) => one.expect && JSON.stringify(one.event ?? one.events).includes('444455556666'));
    expect(about.length).toBeGreaterThan(0);
    for (const { name, event, events } of about) {
      const texts = exampleTexts(events ?? [event ?? {}], defaults, sources);
      const raised = detect(withSister, texts).map(({ rule }) => rule.id);
      expect(raised, name).not.toContain(id);
      // Who gives and takes back leaves the note of the first.
      expect(raised, name).toContain(note);
    }
  },
);

/** Keys of Sigma, and ours. A misspelt key would be passed over in silence. */
const known = new Set([
  ...['title', 'name', 'id', 'description', 'references', 'logsource', 'detection', 'correlation', 'falsepositives', 'level', 'tags'],
  ...['resource', 'keep', 'major', 'judgement', 'examples', 'status', 'author', 'date', 'modified'],
]);

test('no rule knows the tools that simulate attacks', () => {
  for (const { id, set } of ruleUnits) {
    for (const rule of set.rules.values()) expect(JSON.stringify(rule).toLowerCase(), id).not.toMatch(/stratus|pacu|christophe|malicious/);
  }
});

test('UUIDs are unique', () => {
  const uuids = ruleUnits.flatMap(({ documents }) => documents.map((document) => document['id']));
  expect(new Set(uuids).size).toBe(uuids.length);
});

test.each(controls.map((one) => [one.file.id, one] as const))('control %s', (id, { unit }) => {
  expect(unit.id).toBe(id);
  const statuses = new Set(unit.examples.map((example) => example.expect));
  expect([...statuses].sort()).toEqual(['Fail', 'Pass', 'Unknown']);
  expect(unit.reads.length).toBeGreaterThan(0);
  for (const example of unit.examples) {
    const resource: Resource = {
      uid: `arn:aws:example:us-east-1:111122223333:thing/${unit.id}`,
      type: unit.type,
      name: 'thing',
      account: '111122223333',
      region: 'us-east-1',
      tags: {},
      unread: {},
      ...example.resource,
    };
    const outcome = unit.assess(resource);
    expect(outcome.status, example.name).toBe(example.expect);
    if (outcome.status === 'Unknown') expect(outcome.missing, example.name).toMatch(/^[a-z0-9-]+:[A-Z]/);
    else expect(outcome.reason, example.name).not.toBe('');
    expect(unit.assess(resource), 'a pure function').toEqual(outcome);
  }
});

test.each(
  controls.filter(({ unit }) => unit.severity === 'High' || unit.severity === 'Critical').map((one) => [one.file.id, one] as const),
)('control %s has a playbook or a judgement', (id, { unit }) => {
  expect(handled.has(id) || (unit.judgement ?? '') !== '').toBe(true);
  // What a playbook can mend is not put off to a person.
  expect(handled.has(id) && unit.judgement !== undefined).toBe(false);
});

test.each(playbooks.map((one) => [one.file.id, one] as const))('playbook %s', (id, { unit }) => {
  expect(unit.id).toBe(id);
  // Runs every example: what it does, that each step verifies, and that what cannot be undone asks a person.
  expect(checkPlaybook(unit)).toEqual([]);
  const real = new Set([...loaded.rules.map((rule) => rule.id), ...controls.map((control) => control.unit.id)]);
  expect(unit.handles.filter((handle) => !real.has(handle))).toEqual([]);
});

test.each(frameworks.map((one) => [one.file.id, one] as const))('framework %s', (id, { unit }) => {
  expect(unit.id).toBe(id);
  const real = new Set(controls.map((control) => control.unit.id));
  for (const requirement of unit.requirements) {
    const by = requirement.by;
    if (typeof by !== 'string')
      expect(
        by.filter((control) => !real.has(control)),
        requirement.id,
      ).toEqual([]);
  }
  expect(new Set(unit.requirements.map((requirement) => requirement.id)).size).toBe(unit.requirements.length);
});

test('ids are paths, are unique, and none is used again', () => {
  const ids = [...files.map((file) => file.id ?? ''), ...[...controls, ...playbooks].map(({ file }) => file.id)];
  for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(\.[a-z0-9-]+){2,}$/);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => retired.includes(id))).toEqual([]);
});

test('generated files are fresh', async () => {
  expect(await stale()).toEqual([]);
});

test('the index hands out what the files say', async () => {
  expect(await indexedRules()).toEqual(loaded.rules);
  expect(await indexedLists()).toEqual(lists);
  expect((await indexedControls()).map((control) => control.id)).toEqual(controls.map(({ file }) => file.id));
  expect((await indexedPlaybooks()).map((playbook) => playbook.id)).toEqual(playbooks.map(({ file }) => file.id));
});

describe('the simulated organisation', () => {
  const start = Date.UTC(2026, 0, 15, 9);

  /** The findings of some time in which these campaigns run, and how many events there were. */
  function play(names: readonly string[], hours: number): { readonly findings: readonly Finding[]; readonly events: number } {
    const range = openRange({ seed: 'content', start, now: () => start });
    const until = start + hours * 3_600_000;
    const campaigns = names.map((name) => {
      const file = `content/campaigns/${name}.yml`;
      return parseCampaign(parse(readFileSync(join(root, file), 'utf8')), file);
    });
    runCampaign(range, campaigns, start, until);
    const records = takeLogObjects(range.state, until).flatMap(
      ({ bytes }) => (JSON.parse(gunzipSync(bytes).toString('utf8')) as { Records: JsonObject[] }).Records,
    );
    return {
      findings: detect(
        everyRule,
        records.map((record) => JSON.stringify(record)),
      ),
      events: records.length,
    };
  }

  test('an ordinary day is quiet', () => {
    const { findings, events } = play(['ordinary-day'], 6);
    expect(events).toBeGreaterThan(10_000);
    expect(findings.filter((finding) => finding.severity !== 'Low' && finding.severity !== 'Informational')).toEqual([]);
  });

  test.each([
    [
      'stolen-deploy-key',
      [
        'aws.cloudtrail.trail-logging-stopped',
        'aws.ec2.security-group-opened-to-world',
        'aws.iam.access-key-created-for-other-user',
        'aws.iam.admin-policy-attached-to-user',
        'aws.iam.admin-user-created',
        'aws.s3.bucket-made-public',
      ],
    ],
    ['stolen-workload-session', ['aws.ec2.instance-looks-around']],
  ])('%s is found', (name, wanted) => {
    expect(play([name], 0.1).findings.map((finding) => finding.rule.id)).toEqual(expect.arrayContaining(wanted));
  });
});

describe.skipIf(!need('corpus'))('recorded logs', () => {
  const folder = join(process.env['JOBZERO_CORPUS'] ?? '', 'cloudtrail');
  /** Events with what another engine says of them. */
  const audited = join(folder, '../kubernetes-audit/cases.jsonl.gz');
  const unzipped = (name: string) => gunzipSync(readFileSync(join(folder, name)));

  function findingsIn(bytes: Buffer): readonly Finding[] {
    const accumulator = new Accumulator(everyRule);
    readWhole(bytes, {
      object: 'corpus',
      onEvent: (event) => accumulator.add(event),
      onSetAside: (setAside) => {
        throw new Error(setAside.reason);
      },
    });
    return [...findingsOf(accumulator.drain(), everyRule.rules, 'default')];
  }

  /** What each recording is of; one of these techniques has to be named on its events. */
  const recordings: readonly (readonly [string, readonly string[]])[] = [
    ['aws.credential-access.ec2-get-password-data', ['T1552', 'T1555']],
    ['aws.defense-evasion.dns-delete-logs', ['T1685.002']],
    ['aws.discovery.ec2-download-user-data', ['T1580']],
    ['aws.execution.ec2-launch-unusual-instances', ['T1496.001', 'T1578.002']],
    ['aws.execution.ec2-user-data', ['T1059', 'T1037']],
    ['aws.exfiltration.ec2-security-group-open-port-22-ingress', ['T1686.001']],
    ['aws.exfiltration.ec2-share-ami', ['T1537']],
    ['aws.exfiltration.ec2-share-ebs-snapshot', ['T1537']],
    ['aws.initial-access.console-login-without-mfa', ['T1078.004']],
    ['aws.lateral-movement.ec2-instance-connect', ['T1021.004']],
    ['aws.persistence.iam-backdoor-role', ['T1098.003', 'T1098']],
    ['aws.persistence.iam-backdoor-user', ['T1098.001']],
    ['aws.persistence.iam-create-admin-user', ['T1136.003']],
    ['aws.persistence.iam-create-backdoor-role', ['T1136.003', 'T1098.003']],
    ['aws.persistence.iam-create-user-login-profile', ['T1098', 'T1078.004']],
    ['aws.persistence.lambda-layer-extension', ['T1546']],
    ['aws.persistence.lambda-overwrite-code', ['T1546', 'T1648']],
    ['aws.persistence.rolesanywhere-create-trust-anchor', ['T1098.001']],
    ['aws.privilege-escalation.iam-update-user-login-profile', ['T1098']],
  ];

  test.each(recordings.filter(([name]) => existsSync(join(folder, `${name}.json.gz`))))('%s is found', (name, wanted) => {
    const findings = findingsIn(unzipped(`${name}.json.gz`));
    expect(findings.flatMap((finding) => finding.rule.techniques).filter((technique) => wanted.includes(technique))).not.toEqual([]);
  });

  test('no recording is left out', () => {
    const names = readdirSync(folder).flatMap((file) => /^(aws\..*)\.json\.gz$/.exec(file)?.[1] ?? []);
    expect(names.filter((name) => !recordings.some(([known]) => known === name))).toEqual([]);
  });

  test.skipIf(!existsSync(audited))('audit events of Kubernetes are read, and those of ordinary clusters are quiet', () => {
    const cases = gunzipSync(readFileSync(audited)).toString('utf8').trim().split('\n');
    for (const text of cases) {
      const { fires, events } = JSON.parse(text) as { readonly fires: boolean; readonly events: readonly JsonObject[] };
      const loud = findingsIn(Buffer.from(JSON.stringify(events))).filter(
        ({ severity }) => severity !== 'Low' && severity !== 'Informational',
      );
      if (!fires) expect(loud).toEqual([]);
    }
    expect(cases.length).toBeGreaterThan(10);
  });

  test('ordinary administration is quiet', () => {
    const tasks = unzipped('benign-tasks.jsonl.gz').toString('utf8').trim().split('\n');
    const records = tasks.flatMap((line) => (JSON.parse(line) as { Records: JsonObject[] }).Records);
    const findings = [...findingsIn(unzipped('administration.json.gz')), ...findingsIn(Buffer.from(JSON.stringify({ Records: records })))];
    const loud = findings.filter((finding) => finding.severity !== 'Low' && finding.severity !== 'Informational');
    expect(loud.filter((finding) => finding.severity !== 'Medium')).toEqual([]);
    // 1,024 events: at most one of them may cost a person a look.
    expect(loud.length).toBeLessThanOrEqual(1);
  });
});
