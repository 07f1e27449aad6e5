import type { Finding, RuleRef } from '../model/finding.ts';
import { sealFinding } from './seal-finding.ts';

/** What a test says of a finding: `at` is its first and its last time, and the rule's title is the message, unless something else is told. */
type Told = Partial<Omit<Finding, 'revision' | 'rule'>> & { readonly rule?: Partial<RuleRef>; readonly at?: number };

/** A detection of High that is dull in all that a test does not say. */
export function findingUnderTest({ rule, at = 1, ...told }: Told = {}): Finding {
  const whole: RuleRef = { id: 'aws.x.y', major: 1, title: 'X', description: '', techniques: [], tactics: [], ...rule };
  return sealFinding({
    format: 'jobzero.finding/1',
    tenant: 'default',
    id: 'f',
    kind: 'detection',
    rule: whole,
    severity: 'High',
    group: {},
    bucket: 0,
    account: '111122223333',
    region: 'us-east-1',
    resources: [],
    firstTime: at,
    lastTime: at,
    count: { n: 1, atLeast: false },
    evidence: [],
    message: whole.title,
    ...told,
  });
}
