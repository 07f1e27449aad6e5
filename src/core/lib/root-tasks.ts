import type { JsonObject } from '../model/json.ts';

const looks = 'IAMAuditRootUserCredentials';
const removes = 'IAMDeleteRootUserCredentials';

/**
 * Actions of plans that are done as the root user of a member account, each with AWS's policy that is all its session may do. They are no actions of IAM:
 * the management account takes the session on for 15 minutes at most, by `sts:AssumeRoot`, and then the call is that of IAM by the same name without a user's.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
 */
const tasks: { readonly [action: string]: string } = {
  'root-task:GetLoginProfile': looks,
  'root-task:ListAccessKeys': looks,
  'root-task:ListMFADevices': looks,
  'root-task:ListSigningCertificates': looks,
  'root-task:DeactivateMFADevice': removes,
  'root-task:DeleteAccessKey': removes,
  'root-task:DeleteLoginProfile': removes,
  'root-task:DeleteSigningCertificate': removes,
};

/** The ARN of the policy of an action's session; null for an action that is not done as root. */
export function rootTaskOf(action: string, partition: string): string | null {
  const task = Object.hasOwn(tasks, action) ? tasks[action] : undefined;
  return task === undefined ? null : `arn:${partition}:iam::aws:policy/root-task/${task}`;
}

/** The condition on `sts:AssumeRoot` under which it is for this action alone. */
export function onlyTask(task: string): JsonObject {
  return { StringEquals: { 'sts:TaskPolicyArn': task } };
}

/** Is it done as the root user of a member account? */
export function isRootTask(action: string): boolean {
  return Object.hasOwn(tasks, action);
}

/** A statement that keeps whoever acts from every other session as root, such as one that sets a password. */
export const noOtherRootTask: JsonObject = {
  Sid: 'NoOtherRootTask',
  Effect: 'Deny',
  Action: 'sts:AssumeRoot',
  Resource: '*',
  Condition: { StringNotLike: { 'sts:TaskPolicyArn': [looks, removes].map((task) => `arn:*:iam::aws:policy/root-task/${task}`) } },
};
