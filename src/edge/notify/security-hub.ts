import { z } from 'zod';
import type { SecurityHubSettings } from '../../core/model/channel.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Channel, Letter, Sent } from '../../core/ports/channel.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import type { ChannelDeps } from './channel-deps.ts';
import { oneLine } from './safe-text.ts';

const finding = z.looseObject({
  Id: z.string(),
  AwsAccountId: z.string().regex(/^\d{12}$/),
  Workflow: z.object({ Status: z.string() }).default({ Status: 'NEW' }),
  ProductArn: z.string().regex(/^arn:[a-z-]+:securityhub:[a-z0-9-]+:\d{12}:product\/\d{12}\/default$/),
});
const answered = z.object({
  FailedCount: z.number(),
  FailedFindings: z.array(z.object({ ErrorCode: z.string().optional(), ErrorMessage: z.string().optional() })).optional(),
});

const updated = z.object({ UnprocessedFindings: z.array(z.object({ ErrorCode: z.string().optional() })).optional() });

const action = 'securityhub:BatchImportFindings';
const update = 'securityhub:BatchUpdateFindings';
/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html: 240 KB a finding. */
const largest = 240 * 1024;

/**
 * Imports a finding (ASFF) into Security Hub of its own account and Region, as the actor under a policy for this product
 * alone. A finding is told by its id: a second import of the same bytes changes nothing. Of one that ended, or is back, the workflow is set too;
 * while it goes on, the workflow is what people there made of it.
 */
export function securityHubChannel(_settings: SecurityHubSettings, deps: ChannelDeps): Channel {
  return {
    async send(letter: Letter): Promise<Sent> {
      const parsed = finding.safeParse(letter.document);
      if (!parsed.success) return { outcome: 'refused', reason: 'Security Hub takes findings of accounts only' };
      if (Buffer.byteLength(JSON.stringify(letter.document)) > largest)
        return { outcome: 'refused', reason: 'Security Hub takes findings of 240 KB at most' };
      const { AwsAccountId: account, ProductArn: product } = parsed.data;
      const policy: JsonObject = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: product }] };
      try {
        const cloud = await deps.cloud();
        const answer = answered.safeParse(
          await cloud.call({
            account,
            region: product.split(':')[3] ?? '',
            action,
            input: { Findings: [letter.document] } as JsonObject,
            role: 'actor',
            session: { policy, name: `notify-${letter.notification.id}`.slice(0, 64) },
          }),
        );
        if (!answer.success)
          return { outcome: 'later', reason: 'Security Hub answered with something else than it should', afterMs: null, doubt: true };
        const [failed] = answer.data.FailedFindings ?? [];
        if (answer.data.FailedCount > 0)
          return failedAs(oneLine(failed?.ErrorCode ?? 'unknown', 60), oneLine(failed?.ErrorMessage ?? '', 200));
        // A workflow is the readers' own, which an import does not change: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
        if (letter.change === 'ended' || letter.change === 'back') {
          const refused = await setWorkflow(cloud, parsed.data, letter.notification.id);
          if (refused !== null) return failedAs(refused, '');
        }
        return { outcome: 'accepted', ref: parsed.data.Id };
      } catch (error) {
        if (!(error instanceof CloudError)) throw error;
        const reason = `AWS: ${oneLine(error.code, 60)}`;
        return error.kind === 'throttled' || error.kind === 'unavailable'
          ? { outcome: 'later', reason, afterMs: null, doubt: error.kind === 'unavailable' }
          : { outcome: 'refused', reason };
      }
    },
  };
}

/** The code by which it was not done; null where it was. Throws CloudError. */
async function setWorkflow(
  cloud: Cloud,
  { Id, AwsAccountId: account, ProductArn, Workflow }: z.infer<typeof finding>,
  id: string,
): Promise<string | null> {
  const [, partition = '', , region = ''] = ProductArn.split(':');
  const hub = `arn:${partition}:securityhub:${region}:${account}:hub/default`;
  const answer = updated.safeParse(
    await cloud.call({
      account,
      region,
      action: update,
      input: { FindingIdentifiers: [{ Id, ProductArn }], Workflow: { Status: Workflow.Status } },
      role: 'actor',
      session: {
        policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: update, Resource: hub }] },
        name: `notify-${id}`.slice(0, 64),
      },
    }),
  );
  const [failed] = answer.success ? (answer.data.UnprocessedFindings ?? []) : [{}];
  return failed === undefined ? null : oneLine(failed.ErrorCode ?? 'unknown', 60);
}

function failedAs(code: string, message: string): Sent {
  const reason = `Security Hub: ${code} ${message}`.trim();
  return /^(Internal|Throttling|LimitExceeded)/.test(code)
    ? { outcome: 'later', reason, afterMs: null, doubt: false }
    : { outcome: 'refused', reason };
}
