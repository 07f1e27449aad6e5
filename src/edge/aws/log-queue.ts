import { CloudError, InputError } from '../../core/model/errors.ts';
import type { LogQueue, QueueMessage } from '../../core/ports/log-queue.ts';
import { openSender, type SenderOptions } from './sender.ts';

/** Longer than a batch takes as a rule; whoever needs more time holds its messages. */
const usualHiddenSeconds = 120;
/** SQS waits so long for a first message; a batch is gathered for as long. */
const usualWaitSeconds = 5;
/** Requests take ten entries. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const most = 10;

export interface QueueOptions extends SenderOptions {
  /** How long a request waits for a first message. */
  readonly waitSeconds?: number;
  /** How long a message that was received stays hidden from others. */
  readonly hiddenSeconds?: number;
}

/** An SQS queue by its URL, in whatever Region it is. The credentials need sqs:ReceiveMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility. */
export function openLogQueue(url: string, options: QueueOptions = {}): LogQueue {
  const { account, name, region } = parseQueueUrl(url, options.regions?.[0]);
  const sender = openSender(options);
  const hiddenSeconds = options.hiddenSeconds ?? usualHiddenSeconds;
  const send = (action: string, command: string, input: object): Promise<unknown> =>
    sender.send({ service: 'sqs', region }, action, command, { QueueUrl: url, ...input });

  /** Entry by entry an answer: what failed because the message is gone or was taken by another has no consequence. */
  async function inTens(action: string, command: string, messages: readonly QueueMessage[], more: object): Promise<void> {
    for (let at = 0; at < messages.length; at += most) {
      const entries = messages.slice(at, at + most).map(({ receipt }, i) => ({ Id: String(i), ReceiptHandle: receipt, ...more }));
      const answer = (await send(action, command, { Entries: entries })) as {
        readonly Failed?: readonly { readonly Code?: string; readonly Message?: string; readonly SenderFault?: boolean }[];
      };
      const failed = answer.Failed?.find(({ SenderFault }) => SenderFault !== true);
      if (failed !== undefined)
        throw new CloudError('unavailable', failed.Code ?? 'Unknown', action, `${action}: ${failed.Message ?? failed.Code ?? 'failed'}`);
    }
  }

  return {
    name: `${region}/${account}/${name}`,
    async receive() {
      const answer = (await send('sqs:ReceiveMessage', 'ReceiveMessage', {
        MaxNumberOfMessages: most,
        WaitTimeSeconds: options.waitSeconds ?? usualWaitSeconds,
        VisibilityTimeout: hiddenSeconds,
        MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
      })) as { readonly Messages?: readonly SqsMessage[] };
      return (answer.Messages ?? []).map((message) => ({
        id: message.MessageId ?? '',
        receipt: message.ReceiptHandle ?? '',
        body: message.Body ?? '',
        sentAt: Number(message.Attributes?.['SentTimestamp']) || 0,
        receives: Number(message.Attributes?.['ApproximateReceiveCount']) || 1,
      }));
    },
    hold: (messages) =>
      inTens('sqs:ChangeMessageVisibility', 'ChangeMessageVisibilityBatch', messages, { VisibilityTimeout: hiddenSeconds }),
    remove: (messages) => inTens('sqs:DeleteMessage', 'DeleteMessageBatch', messages, {}),
    close: () => sender.close(),
  };
}

interface SqsMessage {
  readonly MessageId?: string;
  readonly ReceiptHandle?: string;
  readonly Body?: string;
  readonly Attributes?: { readonly [name: string]: string | undefined };
}

/** `https://sqs.eu-west-1.amazonaws.com/111122223333/name`; an emulator's host names no Region. */
export function parseQueueUrl(
  url: string,
  otherwise: string | undefined,
): { readonly account: string; readonly name: string; readonly region: string } {
  const match = /^https?:\/\/([A-Za-z0-9.:-]+)\/(\d{12})\/([A-Za-z0-9_-]{1,80}(?:\.fifo)?)$/.exec(url);
  const region = /(?:^|\.)sqs[.-]([a-z]{2,}(?:-[a-z]+)+-\d+)\./.exec(match?.[1] ?? '')?.[1] ?? otherwise ?? 'us-east-1';
  if (match?.[2] === undefined || match[3] === undefined)
    throw new InputError('the address of a queue looks like https://sqs.REGION.amazonaws.com/ACCOUNT/NAME', url);
  return { account: match[2], name: match[3], region };
}
