import { textAt } from '../../lib/json-at.ts';
import type { Known } from '../../model/decide-context.ts';
import type { Finding } from '../../model/finding.ts';
import type { AccountIndex } from './account-index.ts';
import { knownOf, type Proof } from './known-of.ts';
import { groupsOf, instancesOf } from './reach-of.ts';

/**
 * Who gets to what a finding is about: by open weaknesses whose control says that they expose (`exposing`, ids), by findings of other services
 * that such a control answers, and by public addresses.
 */
export function exposedOf(finding: Finding, account: AccountIndex | null, open: readonly Finding[], exposing: ReadonlySet<string>): Known {
  const proofs: Proof[] = [];
  const uids = new Set(finding.resources.map(({ uid }) => uid));
  const instances = account === null ? [] : instancesOf(finding, account);
  const groups = new Set(instances.flatMap(groupsOf));
  for (const one of [finding, ...open]) {
    if (!exposes(one, exposing)) continue;
    const itself = one.resources.some(({ uid }) => uids.has(uid));
    if (itself) proofs.push({ level: 3, says: one.message, from: one.rule.id });
    else if (one.resources.some(({ uid }) => groups.has(uid.slice(uid.lastIndexOf('/') + 1))))
      proofs.push({ level: 2, says: one.message, from: one.rule.id });
  }
  for (const { name, props } of instances) {
    const address = textAt(props, 'publicIp');
    if (address !== null) proofs.push({ level: 1, says: `Instance ${name} has the public address ${address}.`, from: 'snapshot' });
  }
  return knownOf(proofs, account === null ? ['the account: it has no snapshot'] : []);
}

function exposes({ rule, imported, kind }: Finding, exposing: ReadonlySet<string>): boolean {
  if (imported === undefined) return kind === 'compliance' && exposing.has(rule.id);
  return imported.type.startsWith('PublicAccess:') || (kind !== 'detection' && imported.answers.some((id) => exposing.has(id)));
}
