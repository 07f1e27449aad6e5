import { parseArn, partitionOf } from '../../lib/arn.ts';
import type { FindingSource, ReportForm, ReportRef } from '../../model/imported.ts';
import type { Call } from '../../model/plan.ts';

/** A call that puts a finding away at its source, and the one resource that the session is for. */
export interface ClosingCall extends Call {
  readonly on: string;
  /** Members of the answer that list what was not done. */
  readonly failures: string;
}

/**
 * The calls that put a finding away where it came from, one for each of its forms. Services that know no such thing get none: Macie,
 * Inspector and AWS Config close by themselves what is mended, AWS Health closes its own events. What is mended IAM Access Analyzer sees at
 * its next look, so only what is accepted is archived there. All set a state: twice is once.
 */
export function closingCalls(
  source: FindingSource,
  refs: readonly { readonly form: ReportForm; readonly ref: ReportRef }[],
  as: 'resolved' | 'suppressed',
  isMended: boolean,
): readonly (ClosingCall & Pick<ReportRef, 'account' | 'region'>)[] {
  return refs.flatMap(({ form, ref }) => {
    const call = closingCall(source, form, ref, as, isMended);
    return call === null ? [] : [{ ...call, account: ref.account, region: ref.region }];
  });
}

function closingCall(
  source: FindingSource,
  form: ReportForm,
  { account, region, names }: ReportRef,
  as: 'resolved' | 'suppressed',
  isMended: boolean,
): ClosingCall | null {
  const hub = `arn:${partitionOf(region)}:securityhub:${region}:${account}:hub`;
  if (form === 'asff') {
    return {
      action: 'securityhub:BatchUpdateFindings',
      input: {
        FindingIdentifiers: [{ Id: names['id'] ?? '', ProductArn: names['product'] ?? '' }],
        Workflow: { Status: as === 'suppressed' ? 'SUPPRESSED' : 'RESOLVED' },
        Note: { Text: `Closed by jobzero: ${as}.`, UpdatedBy: 'jobzero' },
      },
      on: `${hub}/default`,
      failures: 'UnprocessedFindings',
    };
  }
  if (form === 'ocsf') {
    return {
      action: 'securityhub:BatchUpdateFindingsV2',
      input: {
        FindingIdentifiers: [{ CloudAccountUid: account, FindingInfoUid: names['id'] ?? '', MetadataProductUid: names['product'] ?? '' }],
        StatusId: as === 'suppressed' ? 3 : 4,
        Comment: `Closed by jobzero: ${as}.`,
      },
      on: `arn:${partitionOf(region)}:securityhub:${region}:${account}:hubv2/*`,
      failures: 'UnprocessedFindings',
    };
  }
  if (source === 'guardduty') {
    const detector = names['detector'] ?? '';
    return {
      action: 'guardduty:ArchiveFindings',
      input: { DetectorId: detector, FindingIds: [names['id'] ?? ''] },
      on: `arn:${partitionOf(region)}:guardduty:${region}:${account}:detector/${detector}`,
      failures: '',
    };
  }
  if (source === 'access-analyzer' && !isMended) {
    const analyzer = names['analyzer'] ?? '';
    if (parseArn(analyzer)?.service !== 'access-analyzer') return null;
    return {
      action: 'access-analyzer:UpdateFindings',
      input: { analyzerArn: analyzer, ids: [names['id'] ?? ''], status: 'ARCHIVED' },
      on: analyzer,
      failures: '',
    };
  }
  return null;
}

/** Every IAM action of these calls. */
export const closingActions: readonly string[] = [
  'access-analyzer:UpdateFindings',
  'guardduty:ArchiveFindings',
  'securityhub:BatchUpdateFindings',
  'securityhub:BatchUpdateFindingsV2',
];
