import type { Finding } from '../../model/finding.ts';
import type { Loss } from '../../model/risk.ts';

/** ATT&CK tactics by what they lead to, the gravest first: of several the first counts. */
const byTactic: readonly (readonly [tactic: string, loss: Loss])[] = [
  ['exfiltration', 'disclosure'],
  ['collection', 'disclosure'],
  ['impact', 'destruction'],
  ['defense-impairment', 'blindness'],
  ['defense-evasion', 'blindness'],
];

/** Services whose weaknesses are one kind of loss. */
const byService: { readonly [service: string]: Loss } = {
  s3: 'disclosure',
  rds: 'disclosure',
  dynamodb: 'disclosure',
  redshift: 'disclosure',
  secretsmanager: 'disclosure',
  ebs: 'disclosure',
  backup: 'destruction',
  cloudtrail: 'blindness',
  guardduty: 'blindness',
  config: 'blindness',
  securityhub: 'blindness',
};

/** Techniques that use what is ours for somebody else: hijacked resources (T1496) and their parts. */
const misuse = /^T1496(\.|$)/;

/** The kind of loss that a finding threatens with: by what its rule says of attackers, else by what the weakness is in. */
export function lossOf({ rule, kind, resources }: Finding): Loss {
  if (rule.techniques.some((technique) => misuse.test(technique))) return 'misuse';
  if (kind === 'data-security') return 'disclosure';
  const [tactic] = byTactic.filter(([name]) => rule.tactics.includes(name));
  if (tactic !== undefined) return tactic[1];
  if (kind === 'detection' || kind === 'vulnerability') return 'takeover';
  const service = rule.id.split('.')[1] ?? '';
  if (Object.hasOwn(byService, service)) return byService[service] ?? 'takeover';
  const type = (resources[0]?.type ?? '').split('::')[1]?.toLowerCase() ?? '';
  return Object.hasOwn(byService, type) ? (byService[type] ?? 'takeover') : 'takeover';
}
