import { narrowWorldOpenIngress } from '../../content/playbooks/aws/ec2/narrow-world-open-ingress.ts';
import { decide } from '../core/decide/decide.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import { hashOf, idOf } from '../core/lib/hash.ts';
import type { About, DecideContext, Offer } from '../core/model/decide-context.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Target } from '../core/model/plan.ts';
import type { Tolerance } from '../core/model/tolerance.ts';
import type { Tx } from '../core/ports/store.ts';

/** The security group of this id, as what a playbook works on. */
export function groupTarget(account: string, groupId: string): Target {
  const region = 'us-east-1';
  return { account, region, uid: `arn:aws:ec2:${region}:${account}:security-group/${groupId}`, params: { groupId } };
}

/** That a group which lets in the whole world is narrowed: armed, and not known to be of no use. */
export function offerToNarrow(target: Target, more: Partial<Offer> = {}): Offer {
  return {
    playbook: narrowWorldOpenIngress.id,
    version: narrowWorldOpenIngress.version,
    target,
    approval: 'none',
    reversible: true,
    risks: ['legitimate-use'],
    blastRadius: 'What comes from outside is refused.',
    inverse: 'The rule comes back.',
    armed: true,
    liveState: 'present',
    legitimateUse: 'unknown',
    servesProduction: 'no',
    ...more,
  };
}

/** Stores a finding with its decision as triage does, with the context that it was decided in. */
export async function putDecided(tx: Tx, finding: Finding, offer: Offer, tolerance: Tolerance, at: number, about?: About): Promise<void> {
  const context: DecideContext = {
    format: 'jobzero.context/1',
    at,
    stopped: false,
    evidence: 'validated',
    ownAction: null,
    startedLastHour: { everywhere: 0, account: 0 },
    own: [],
    offers: [offer],
    ...(about === undefined ? {} : { about }),
  };
  const decision = decide(finding, context, tolerance);
  await tx.findings.put(finding, at);
  await tx.decisions.put({
    id: idOf('decision', finding.id, at),
    finding: finding.id,
    revision: finding.revision,
    at,
    findingHash: hashOf(finding),
    contextHash: await tx.documents.put('context', canonicalJson(context)),
    toleranceHash: hashOf('tolerance'),
    engine: hashOf('engine'),
    decisionHash: hashOf(decision),
    decision,
  });
}
