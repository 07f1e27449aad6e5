import type { Finding } from '../model/finding.ts';
import type { Exemption, Tolerance } from '../model/tolerance.ts';

/**
 * The exemption that holds for all that a finding tells, at this time; null for none. `control`: ours that judges the same setting of the same
 * resource, whose exemption is one for whoever says so.
 */
export function exemptionOf(finding: Finding, at: number, tolerance: Pick<Tolerance, 'exemptions'>, control?: string): Exemption | null {
  const about = new Set([finding.actor?.uid, finding.actor?.issuer, ...finding.resources.map((resource) => resource.uid)]);
  return (
    tolerance.exemptions.find(
      (exemption) =>
        (exemption.rule === finding.rule.id || exemption.rule === control) &&
        at < exemption.expires &&
        (exemption.account ?? finding.account) === finding.account &&
        (exemption.resource === undefined || about.has(exemption.resource)) &&
        (exemption.actor === undefined || isAllBy(finding, exemption.actor)) &&
        (exemption.resources === undefined || isOnlyAbout(finding, exemption.resources)),
    ) ?? null
  );
}

/** Did this user, role or session do all that the finding tells, and is nothing of it left out? */
function isAllBy({ actor, evidence, count }: Finding, arn: string): boolean {
  if (actor === undefined || count.atLeast) return false;
  const actors = [actor, ...evidence.flatMap((one) => (one.actor === undefined ? [] : [one.actor]))];
  return actors.every(({ uid, issuer }) => uid === arn || issuer === arn);
}

function isOnlyAbout({ actor, resources }: Finding, arns: readonly string[]): boolean {
  return resources.every(({ uid }) => arns.includes(uid) || uid === actor?.uid || uid === actor?.issuer);
}
