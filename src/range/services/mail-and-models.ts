import type { OperationTable } from '../operation.ts';
import { gets, removes, sets, settings } from '../settings.ts';

/** Sending of mail, and the log of what models are asked: settings of an account in a Region. */
export const mailAndModels: OperationTable = {
  ...settings(
    {
      service: 'ses',
      kind: 'account',
      id: () => 'account',
      arn: () => '*',
      missing: 'NotFoundException',
      initial: () => ({ SendingEnabled: true, ProductionAccessEnabled: false }),
    },
    {
      GetAccount: gets(),
      PutAccountSendingAttributes: sets((item, { input }) => ({ ...item, SendingEnabled: input['SendingEnabled'] === true })),
    },
  ),
  ...settings(
    {
      service: 'bedrock',
      kind: 'invocation-log',
      id: () => 'account',
      arn: () => '*',
      missing: 'ResourceNotFoundException',
      initial: () => ({}),
    },
    {
      GetModelInvocationLoggingConfiguration: gets(),
      PutModelInvocationLoggingConfiguration: sets((_, { input }) => ({ loggingConfig: input['loggingConfig'] ?? {} })),
      DeleteModelInvocationLoggingConfiguration: removes(),
    },
  ),
};
