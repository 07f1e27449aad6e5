import type { Evidence, Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Step, Target } from '../../model/plan.ts';
import { grants } from '../grants.ts';
import { listAt } from '../json-at.ts';
import { narrowPolicy, type ResourcePolicy, withoutAccounts, withoutPublic } from './policy-statements.ts';

/** Whom policies that the evidence kept as `policy` let in: other accounts, and everybody; null where they let in nobody. Parameters of a target. */
export function outsidersLetIn(evidence: readonly Evidence[], finding: Finding): JsonObject | null {
  const letIn = evidence.map(({ kept }) => grants(kept?.['policy']));
  const accounts = [...new Set(letIn.flatMap((one) => [...one.accounts]))].filter((id) => id !== finding.account).sort();
  const anyone = letIn.some((one) => one.anyone);
  return accounts.length === 0 && !anyone ? null : { accounts, anyone };
}

/** `444455556666, everybody` */
export function outsidersOf(target: Target): string {
  return [...accountsOf(target), ...(target.params['anyone'] === true ? ['everybody'] : [])].join(', ');
}

/** The steps that take a target's outsiders out of its policy; everybody else stays. */
export function takeOutsidersOut(policy: ResourcePolicy, target: Target): readonly Step[] {
  return narrowPolicy(
    policy,
    (document) => {
      const narrower = withoutAccounts(accountsOf(target))(document);
      return target.params['anyone'] === true ? withoutPublic(narrower) : narrower;
    },
    'no statement that allows names one of them',
  );
}

function accountsOf({ params }: Target): readonly string[] {
  return listAt(params, 'accounts').map(String);
}
