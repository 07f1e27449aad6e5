import { textAt } from '../../../../src/core/lib/json-at.ts';
import { exampleFunction, functionInput, functionPattern, functionUids, functionWords } from '../../../../src/core/lib/plans/function.ts';
import { keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
export const requireSignIn: Playbook = {
  id: 'aws.lambda.require-sign-in',
  version: 1,
  title: 'Let the URL of a function ask who calls',
  why: 'Whoever knows the URL runs the function with the rights of its role, and needs no key for it. Asking for signed requests keeps the URL, and lets in whom policies allow.',
  handles: ['aws.lambda.function-url-without-sign-in'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Let the URL of ${functionWords(target)} ask who calls`,
  blastRadius: (target) =>
    `Requests to the URL of ${functionWords(target)} without a signature are refused: web hooks that check their callers themselves stop.`,
  inverse: (target) => `The URL of ${functionWords(target)} asks as it asked before.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'lambda',
      resource: functionPattern,
      uids: functionUids,
      params: (evidence) => {
        const [qualifier, ...more] = keptTexts(evidence, 'qualifier', /^[$A-Za-z0-9_-]{1,128}$/);
        if (more.length > 0) return null;
        return qualifier === undefined ? {} : { qualifier };
      },
    }),
  partial: true,
  plan: (target) => [
    setting({
      name: 'Ask for signed requests',
      on: [target.uid, `${target.uid}:*`],
      read: { action: 'lambda:GetFunctionUrlConfig', input: functionInput(target) },
      state: (answer) => textAt(answer, 'AuthType'),
      want: () => 'AWS_IAM',
      write: { action: 'lambda:UpdateFunctionUrlConfig', input: functionInput(target), with: (AuthType) => ({ AuthType }) },
      back: (AuthType) =>
        AuthType === null ? [] : [{ action: 'lambda:UpdateFunctionUrlConfig', input: { ...functionInput(target), AuthType } }],
      noneIsFine: true,
      says: 'the URL takes signed requests alone, or is gone',
    }),
  ],
  undoes: ['lambda:UpdateFunctionUrlConfig'],
  examples: [{ name: 'a function', target: exampleFunction(), does: ['lambda:UpdateFunctionUrlConfig'] }],
};
