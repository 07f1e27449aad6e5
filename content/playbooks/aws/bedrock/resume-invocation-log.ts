import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { asObject, listAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { actorsOf, callsNamed, lookUp, recordsIn } from '../../../../src/core/lib/plans/history.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html */
export const resumeInvocationLog: Playbook = {
  id: 'aws.bedrock.resume-invocation-log',
  version: 1,
  title: 'Log what models are asked again',
  why: 'Without the log nobody can tell what a thief asked models for at your cost, nor what he told them. Where it went to is not in the event; the last setting that somebody else put within 90 days comes back. Where there is none, a person has to make one.',
  handles: ['aws.bedrock.logging-or-guardrail-removed'],
  reported: ['guardduty/DefenseEvasion:IAMUser/BedrockLoggingDisabled'],
  approval: 'one-person',
  risks: [],
  asks: ({ account, region }) => `Log again what models are asked in the account ${account} in ${region}`,
  blastRadius: () => 'Nothing stops working; prompts and answers are written to where they were written before, which costs as before.',
  inverse: ({ account, region }) => `What models are asked in the account ${account} in ${region} is not logged again.`,
  targets: (finding) =>
    accountTargets(finding, ['DeleteModelInvocationLoggingConfiguration'], { by: actorsOf(finding.evidence, finding.actor) }),
  requires: (target) => [
    {
      name: 'Where it was logged to',
      on: on(target),
      read: { action: 'bedrock:GetModelInvocationLoggingConfiguration', input: {}, keep: 'now' },
      follow: { action: lookUp, inputs: () => callsNamed('PutModelInvocationLoggingConfiguration') },
      expect: (_, followed) => formerIn(target, followed) !== null,
      says: "CloudTrail's history does not say where it was logged to before: a person has to choose a bucket or a log group.",
    },
  ],
  plan: (target) => {
    const read = { action: 'bedrock:GetModelInvocationLoggingConfiguration', input: {} };
    const config = (answer: Json) => valueAt(answer, 'loggingConfig');
    const put = (loggingConfig: Json) => ({ action: 'bedrock:PutModelInvocationLoggingConfiguration', input: { loggingConfig } });
    return [
      {
        name: 'Log as before',
        on: on(target),
        // A log group is written to by a role that is handed over.
        permits: ['iam:PassRole'],
        read: { ...read, keep: 'config' },
        captures: config,
        do: {
          action: 'bedrock:PutModelInvocationLoggingConfiguration',
          input: {},
          once: 'sets-state',
          fill: (kept) => put(formerIn(target, listAt(kept['now'], 'followed'))).input,
        },
        verify: { ...read, expect: (answer) => config(answer) !== null, says: 'invocations are logged', withinSeconds: 60 },
        undo: (kept) => {
          const earlier = config(kept['config'] ?? null);
          return earlier === null ? [{ action: 'bedrock:DeleteModelInvocationLoggingConfiguration', input: {} }] : [put(earlier)];
        },
      },
    ];
  },
  undoes: ['bedrock:DeleteModelInvocationLoggingConfiguration', 'bedrock:PutModelInvocationLoggingConfiguration'],
  examples: [
    {
      name: 'an account',
      target: accountTarget('111122223333', 'us-east-1', { by: [] }),
      does: ['bedrock:PutModelInvocationLoggingConfiguration'],
    },
  ],
};

function on({ uid, account, region }: Target): readonly string[] {
  return [uid, `arn:${partitionOf(region)}:iam::${account}:role/*`];
}

/** The last setting in the history that is not of whoever removed it. */
function formerIn({ params }: Target, answers: readonly Json[]): JsonObject | null {
  for (const record of recordsIn(answers, listAt(params, 'by').map(String))) {
    const config = asObject(valueAt(record, 'requestParameters', 'loggingConfig'));
    if (config !== null) return config;
  }
  return null;
}
