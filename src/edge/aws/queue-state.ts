import { CloudError } from '../../core/model/errors.ts';
import type { QueueLook, QueueState } from '../../core/ports/log-queue.ts';
import { parseQueueUrl } from './log-queue.ts';
import { openSender, type SenderOptions } from './sender.ts';

const minute = 60_000;

/**
 * Looks at a queue without taking anything from it: `sqs:GetQueueAttributes` on it and its dead-letter queue, and `cloudwatch:GetMetricStatistics` for the age of
 * what waits. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function openQueueLook(url: string, now: () => number, options: SenderOptions = {}): QueueLook {
  const { account, name, region } = parseQueueUrl(url, options.regions?.[0]);
  const sender = openSender(options);
  const attributesOf = async (QueueUrl: string, at: string) => {
    const input = { QueueUrl, AttributeNames: ['All'] };
    const answer = (await sender.send({ service: 'sqs', region: at }, 'sqs:GetQueueAttributes', 'GetQueueAttributes', input)) as {
      readonly Attributes?: { readonly [name: string]: string | undefined };
    };
    return answer.Attributes ?? {};
  };
  const inQueue = (attributes: { readonly [name: string]: string | undefined }) =>
    (Number(attributes['ApproximateNumberOfMessages']) || 0) + (Number(attributes['ApproximateNumberOfMessagesNotVisible']) || 0);

  async function oldest(): Promise<number | null> {
    const input = {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: name }],
      StartTime: new Date(now() - 15 * minute),
      EndTime: new Date(now()),
      Period: 300,
      Statistics: ['Maximum'],
    };
    const answer = (await sender.send(
      { service: 'cloudwatch', region },
      'cloudwatch:GetMetricStatistics',
      'GetMetricStatistics',
      input,
    )) as {
      readonly Datapoints?: readonly { readonly Timestamp?: Date; readonly Maximum?: number }[];
    };
    const last = (answer.Datapoints ?? []).toSorted((a, b) => Number(b.Timestamp ?? 0) - Number(a.Timestamp ?? 0))[0];
    return last?.Maximum === undefined ? null : last.Maximum * 1000;
  }

  /** A value, or the action that was refused: the rest is looked at without it. */
  async function orMissing<T>(work: () => Promise<T>): Promise<T | { readonly missing: string }> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CloudError) return { missing: error.action };
      throw error;
    }
  }

  return {
    name: `${region}/${account}/${name}`,
    async look(): Promise<QueueState> {
      const attributes = await attributesOf(url, region);
      const waiting = inQueue(attributes);
      const dead = deadLetterQueueOf(attributes['RedrivePolicy'] ?? '', url);
      return {
        waiting,
        oldestMs: waiting === 0 ? 0 : await orMissing(oldest),
        dead:
          dead === null
            ? null
            : { name: dead.name, waiting: await orMissing(async () => inQueue(await attributesOf(dead.url, dead.region))) },
        policy: attributes['Policy'] ?? null,
      };
    },
    close: () => sender.close(),
  };
}

/** Beside the queue: the same host and account, since SQS wants them in one. */
function deadLetterQueueOf(redrive: string, url: string): { readonly name: string; readonly url: string; readonly region: string } | null {
  try {
    const arn = String((JSON.parse(redrive) as { readonly deadLetterTargetArn?: unknown }).deadLetterTargetArn ?? '');
    const [, region, name] = /^arn:[a-z-]+:sqs:([a-z0-9-]+):\d{12}:([A-Za-z0-9_.-]+)$/.exec(arn) ?? [];
    return region === undefined || name === undefined ? null : { name, region, url: `${url.slice(0, url.lastIndexOf('/'))}/${name}` };
  } catch {
    return null;
  }
}
