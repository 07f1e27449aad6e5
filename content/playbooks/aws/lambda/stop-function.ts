import { listAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { exampleFunction, functionInput, functionPattern, functionUids, functionWords } from '../../../../src/core/lib/plans/function.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html#configuring-concurrency-reserved */
export const stopFunction: Playbook = {
  id: 'aws.lambda.stop-function',
  version: 1,
  title: 'Let a function run no more',
  why: 'Foreign code in a function runs with the rights of its role, and so does whoever took its credentials. With no concurrency left it is not started again, gives out no new credentials, and its code stays to be looked at. Calls that run go on for 15 minutes at most; credentials that were taken live on: deny the session too.',
  handles: [
    'aws.lambda.code-replaced-by-new-principal',
    'aws.lambda.function-credentials-used-elsewhere',
    'aws.lambda.layer-put-under-many-functions',
  ],
  reported: [
    'guardduty/Backdoor:Lambda/*',
    'guardduty/CryptoCurrency:Lambda/*',
    'guardduty/Trojan:Lambda/*',
    'guardduty/UnauthorizedAccess:Lambda/*',
  ],
  approval: 'one-person',
  risks: ['workload'],
  asks: (target) => `Let ${functionWords(target)} run no more`,
  blastRadius: (target) =>
    `Every call of ${functionWords(target)} is throttled; events that were sent to it wait for six hours at most and are lost then, queues and streams keep theirs.`,
  inverse: (target) => `The function ${functionWords(target).slice('the function '.length)} has its earlier concurrency back.`,
  targets: (finding) => namedTargets(finding, { service: 'lambda', resource: functionPattern, uids: functionUids }),
  partial: true,
  requires: (target) => [
    {
      name: 'No concurrency is provisioned',
      on: [target.uid, `${target.uid}:*`],
      read: { action: 'lambda:ListProvisionedConcurrencyConfigs', input: functionInput(target), keep: 'provisioned' },
      expect: (answer) => answer !== null && listAt(answer, 'ProvisionedConcurrencyConfigs').length === 0,
      says: 'The function is gone, or has provisioned concurrency, below which AWS reserves none: a person has to take that away first.',
    },
  ],
  plan: (target) => {
    const input = functionInput(target);
    return [
      setting({
        name: 'Reserve no concurrency',
        on: [target.uid],
        read: { action: 'lambda:GetFunctionConcurrency', input },
        state: (answer) => valueAt(answer, 'ReservedConcurrentExecutions'),
        want: () => 0,
        write: {
          action: 'lambda:PutFunctionConcurrency',
          input,
          with: (ReservedConcurrentExecutions) => ({ ReservedConcurrentExecutions }),
        },
        back: (earlier) =>
          earlier === null
            ? [{ action: 'lambda:DeleteFunctionConcurrency', input }]
            : [{ action: 'lambda:PutFunctionConcurrency', input: { ...input, ReservedConcurrentExecutions: earlier } }],
        says: 'no concurrency is left to the function',
      }),
    ];
  },
  undoes: ['lambda:DeleteFunctionConcurrency', 'lambda:PutFunctionConcurrency'],
  examples: [{ name: 'a function', target: exampleFunction(), does: ['lambda:PutFunctionConcurrency'] }],
};
