import { expect, test } from 'vitest';
import { eventsOfText } from '../../src/core/collect/log-reader.ts';
import { Accumulator } from '../../src/core/detect/accumulator.ts';
import { findingsOf } from '../../src/core/detect/findings-of.ts';
import { ruleSet } from '../../src/core/detect/rule-set.ts';
import { loadRules } from '../../src/core/detect/sigma/parse-rules.ts';
import { findingUnderTest } from '../../src/core/lib/finding-under-test.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import type { Json, JsonObject } from '../../src/core/model/json.ts';
import type { Around } from '../../src/core/model/plan.ts';
import { documentsOf, listUnits, playbookModules, ruleFiles } from '../../tools/units.ts';
import { defaultsOf, exampleTexts } from '../example-event.ts';
import { makePrivate } from './aws/rds/make-private.ts';
import { removePublicStatements } from './aws/s3/remove-public-statements.ts';
import { limitAddressRate } from './aws/wafv2/limit-address-rate.ts';

interface RuleExample {
  readonly event?: JsonObject;
  readonly events?: readonly JsonObject[];
  readonly lists?: { readonly [name: string]: readonly string[] };
  readonly expect: boolean;
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const lists = listUnits();
const files = new Map(ruleFiles().map((file) => [file.id ?? '', file]));
const playbooks = (await playbookModules()).map(({ unit }) => unit);

/** The findings of a rule in its own examples. */
function findingsOfExamples(id: string): readonly Finding[] | null {
  const file = files.get(id);
  if (file === undefined) return null;
  const documents = documentsOf(file.text);
  const examples = documents.flatMap((document) => (document['examples'] ?? []) as unknown as RuleExample[]);
  const { rules } = loadRules([{ id, file: file.file, text: file.text }], { declared: [...lists.keys()] });
  const sources = rules.flatMap((rule) => (rule.kind === 'event' ? rule.sources : []));
  const defaults = defaultsOf(documents.map((document) => document['detection']).find(isObject) ?? {});
  return examples
    .filter((example) => example.expect)
    .flatMap((example) => {
      const set = ruleSet(rules, new Map([...lists, ...Object.entries(example.lists ?? {})]));
      const accumulator = new Accumulator(set);
      for (const text of exampleTexts(example.events ?? [example.event ?? {}], defaults, sources))
        for (const event of eventsOfText(text, 'example')) accumulator.add(event);
      return [...findingsOf(accumulator.drain(), set.rules, 'default')].filter((finding) => finding.rule.id === id);
    });
}

/** The evidence of these has sessions, ids and numbers that their scenarios give, from the attack on. */
const shownByScenarios = /^aws\.(kms\.|iam\.(contain-access-key|deny-role-session|revoke-role-sessions)$)/;

/** Lines of these logs do not say whose they are, nor what they are of: where they lie does. */
const placedByTheirName = /^(aws\.(rds-logs|s3-access)|web)\./;

/** In an organisation that another account manages, with the clusters that the log names without their Region, and trails as a snapshot knew them. */
function aroundOf({ evidence }: Finding): Around {
  const names = evidence.flatMap(({ resource }) =>
    resource?.type.startsWith('kubernetes/') === true ? (resource.uid.split('/')[0] ?? []) : [],
  );
  const clusters = [...new Set([...names, 'shop'])].map((name) => ({ name, region: 'eu-central-1' }));
  const trails = evidence.flatMap(({ resource }) =>
    resource?.type === 'AWS::CloudTrail::Trail' ? [{ uid: resource.uid, props: { bucket: 'logs-example' } }] : [],
  );
  return { management: '999988887777', root: null, atRoot: [], clusters, trails };
}

const pairs = playbooks
  .filter(({ id }) => !shownByScenarios.test(id))
  .flatMap((playbook) => playbook.handles.map((id) => [playbook.id, id, playbook] as const))
  .filter(([, id]) => !placedByTheirName.test(id));

test('every rule that a playbook handles gives it, in an example of its own, what it needs to name a target', () => {
  const blind = pairs.filter(([, id, playbook]) => {
    const findings = findingsOfExamples(id);
    return findings !== null && findings.flatMap((finding) => playbook.targets(finding, aroundOf(finding))).length === 0;
  });
  expect(blind.map(([playbook, rule]) => `${playbook} <- ${rule}`)).toEqual([]);
});

test.each([
  [
    limitAddressRate,
    'web.flood.requests-by-one-address',
    { type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', name: 'shop', uid: 'app/shop/50dc6c495c0c9188' },
    'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188',
  ],
  [
    makePrivate,
    'aws.rds-logs.signed-in-from-internet',
    { type: 'AWS::RDS::DBInstance', name: 'shop-db', uid: 'shop-db' },
    'arn:aws:rds:eu-central-1:111122223333:db:shop-db',
  ],
  [
    makePrivate,
    'aws.rds-logs.signed-in-from-listed-address',
    { type: 'AWS::RDS::DBInstance', name: 'shop-db', uid: 'shop-db' },
    'arn:aws:rds:eu-central-1:111122223333:db:shop-db',
  ],
  [
    removePublicStatements,
    'aws.s3-access.object-changed-by-anyone',
    { type: 'AWS::S3::Bucket', name: 'data-example', uid: 'arn:aws:s3:::data-example' },
    'arn:aws:s3:::data-example',
  ],
] as const)('%s names what a line of %s was of', (playbook, rule, resource, uid) => {
  const place = { account: '111122223333', region: 'eu-central-1' };
  const operation = resource.type === 'AWS::S3::Bucket' ? 'REST.PUT.OBJECT' : 'login';
  const evidence = { key: 'k', id: 'k', time: 0, rule, operation, service: 's', ...place, resource: { ...resource, ...place } };
  const finding = findingUnderTest({ rule: { id: rule }, ...place, evidence: [evidence] });
  expect(playbook.handles).toContain(rule);
  expect(playbook.targets(finding)).toMatchObject([{ ...place, uid }]);
});
