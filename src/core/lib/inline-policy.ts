import type { Json, JsonObject } from '../model/json.ts';
import type { Precondition, Step } from '../model/plan.ts';
import { canonicalJson } from './canonical-json.ts';
import { listAt, textAt } from './json-at.ts';

/** Whose inline policy, and what it is to say. */
export interface InlinePolicy {
  readonly kind: 'User' | 'Role';
  /** The name of the user or role. */
  readonly holder: string;
  /** Its ARNs, for the session policy. */
  readonly on: readonly string[];
  readonly policyName: string;
  readonly document: JsonObject;
}

/**
 * The most characters of all inline policies of one user or role together, white space left out:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const limits = { User: 2048, Role: 10_240 } as const;

/** The size of a policy document as IAM counts it. */
export function policySize(document: string): number {
  return document.replace(/\s/g, '').length;
}

/** Is there room for the policy? Reads every inline policy of the user or role, before anything is done. */
export function roomForInlinePolicy(policy: InlinePolicy): Precondition {
  const { kind, holder, policyName } = policy;
  const ours = policySize(canonicalJson(policy.document));
  return {
    name: `Room for an inline policy of ${holder}`,
    on: policy.on,
    read: { action: `iam:List${kind}Policies`, input: { [`${kind}Name`]: holder }, keep: 'inlinePolicies' },
    follow: {
      action: `iam:Get${kind}Policy`,
      inputs: (answer) =>
        listAt(answer, 'PolicyNames')
          .filter((name) => typeof name === 'string' && name !== policyName)
          .map((name) => ({ [`${kind}Name`]: holder, PolicyName: name })),
    },
    expect: (answer, followed) => {
      if (answer === null) return false;
      const used = followed.reduce((sum: number, one) => sum + policySize(textAt(one, 'PolicyDocument') ?? ''), 0);
      return used + ours <= limits[kind];
    },
    says: `${holder} does not exist, or its inline policies leave no room for ${ours} of ${limits[kind]} characters.`,
  };
}

/**
 * The step that puts the policy; undo brings back the earlier policy of that name, or deletes it where there was none. `serves` tells of
 * another document under that name that it does the same already, so that it stays.
 */
export function putInlinePolicy(policy: InlinePolicy, name: string, says: string, serves: (document: Json) => boolean = () => false): Step {
  const { kind, holder, policyName, on } = policy;
  const key = { [`${kind}Name`]: holder, PolicyName: policyName };
  const text = canonicalJson(policy.document);
  const get = { action: `iam:Get${kind}Policy`, input: key };
  return {
    name,
    on,
    read: { ...get, keep: 'inlinePolicy' },
    captures: documentOf,
    do: { action: `iam:Put${kind}Policy`, input: { ...key, PolicyDocument: text }, once: 'sets-state' },
    verify: {
      ...get,
      expect: (answer) => canonicalJson(documentOf(answer)) === text || serves(documentOf(answer)),
      says,
      withinSeconds: 60,
    },
    undo: (kept) => {
      const earlier = textAt(kept['inlinePolicy'], 'PolicyDocument');
      return earlier === null
        ? [{ action: `iam:Delete${kind}Policy`, input: key }]
        : [{ action: `iam:Put${kind}Policy`, input: { ...key, PolicyDocument: earlier } }];
    },
  };
}

/** The document that a policy says, so that a different spelling of the same is no difference; its text where it is no JSON. */
function documentOf(answer: Json): Json {
  const text = textAt(answer, 'PolicyDocument');
  if (text === null) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** The Region by which IAM is called: https://docs.aws.amazon.com/general/latest/gr/iam-service.html */
export function iamRegion(partition: string): string {
  if (partition === 'aws-cn') return 'cn-north-1';
  if (partition === 'aws-us-gov') return 'us-gov-west-1';
  if (partition === 'aws-iso') return 'us-iso-east-1';
  if (partition === 'aws-iso-b') return 'us-isob-east-1';
  if (partition === 'aws-eusc') return 'eusc-de-east-1';
  return 'us-east-1';
}
