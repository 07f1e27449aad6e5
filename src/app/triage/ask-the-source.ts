import { askForFinding } from '../../core/collect/reports/ask-for-finding.ts';
import { type Answered, type Copies, copiesOf, joinCopies, noCopies } from '../../core/findings/imported/copies.ts';
import { importedFinding } from '../../core/findings/imported/imported-finding.ts';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import { textAt } from '../../core/lib/json-at.ts';
import type { DecideContext } from '../../core/model/decide-context.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Evidence, Finding } from '../../core/model/finding.ts';
import type { Imported } from '../../core/model/imported.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import type { TriageDeps } from './triage-deps.ts';

/** A finding of more copies and parts than this is for a person. */
const mostAsked = 8;

export interface AskedSource {
  /** `validated`: AWS itself says all that the finding tells, in every form in which it came. */
  readonly evidence: DecideContext['evidence'];
  /** What AWS answered, where that is something else than the finding tells: to be imported before anything is decided. */
  readonly answers: readonly Answered[];
  /** AWS did not answer, for a reason that may pass. */
  readonly later: boolean;
}

/**
 * Asks the services of AWS themselves for a finding that came from them. A queue, a bucket or a file proves nothing: whoever writes there
 * can write findings that nobody made, and put real ones away. Nor does an answer where others than AWS's own services may put findings.
 */
export async function askTheSource(
  { cloud, clock, answeredBy = () => [] }: Pick<TriageDeps, 'cloud' | 'clock' | 'answeredBy'>,
  finding: Finding,
  imported: Imported,
): Promise<AskedSource> {
  const nothing: AskedSource = { evidence: 'unvalidated', answers: [], later: false };
  if (!imported.trusted || imported.refs.length > mostAsked) return nothing;
  const answers: Answered[] = [];
  try {
    for (const { form, ref } of imported.refs) {
      const report = await askForFinding(cloud, imported.source, form, ref);
      if (report === null || report.source !== imported.source || report.uid !== imported.uid) return nothing;
      answers.push({ report, at: clock.now() });
    }
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { ...nothing, later: error.kind === 'throttled' || error.kind === 'unavailable' };
  }
  const copies = answers.reduce<Copies>((all, { report, at }) => joinCopies(all, copiesOf(report, at)), noCopies);
  const made = importedFinding(finding.tenant, { ...copies, wasActive: true }, answeredBy);
  const same = made !== null && canonicalJson(telling(made)) === canonicalJson(telling(finding));
  const isNewer = imported.newer !== undefined && (made?.imported?.updatedAt ?? 0) > imported.updatedAt;
  return same && !isNewer ? { evidence: 'validated', answers: [], later: false } : { ...nothing, answers };
}

/** What decides and what leads to targets; how often it was seen and when changes with each look. */
function telling({ kind, rule, severity, account, region, actor, resources, imported, evidence }: Finding) {
  return {
    kind,
    rule: rule.id,
    severity,
    account,
    region,
    actor: actor ?? null,
    resources,
    state: imported?.state ?? null,
    sample: imported?.sample ?? false,
    evidence: evidence.map(({ time: _, ...rest }) => rest),
  };
}

/**
 * The evidence with the user of each key that it names without one: AWS Health tells of keys only, and IAM, asked in the account, whose they
 * are. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
 */
export async function withUsers(cloud: Cloud, evidence: readonly Evidence[]): Promise<readonly Evidence[]> {
  return Promise.all(
    evidence.map(async (one) => {
      const key = textAt(one.kept, 'accessKeyId');
      if (key === null || textAt(one.kept, 'userName') !== null) return one;
      const user = await userOf(cloud, one, key);
      return user === null ? one : { ...one, kept: { ...one.kept, userName: user } };
    }),
  );
}

async function userOf(cloud: Cloud, { account, region }: Evidence, key: string): Promise<string | null> {
  try {
    const answer = await cloud.call({ account, region, action: 'iam:GetAccessKeyLastUsed', input: { AccessKeyId: key }, role: 'reader' });
    return textAt(answer, 'UserName');
  } catch (error) {
    if (error instanceof CloudError) return null;
    throw error;
  }
}
