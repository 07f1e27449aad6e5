import type { JsonObject } from '../../core/model/json.ts';
import type { Member } from '../../core/ports/cloud.ts';
import { PolicySyntaxError, parsePolicy } from '../evaluate-policy.ts';
import { fault, iso, type Operation, type OperationContext, type OperationTable, optionalText, tagList, text } from '../operation.ts';
import type { ControlPolicy } from '../state.ts';
import { placeArn } from './organization-places.ts';

/** `organizations:` operations, for the management account; the others are refused by their policies. */
export const organizations: OperationTable = {
  'organizations:DescribeOrganization': read('DescribeOrganization', ({ state }) => {
    const { id, management } = state.organisation;
    return {
      Organization: {
        Id: id,
        Arn: `arn:aws:organizations::${management}:organization/${id}`,
        FeatureSet: 'ALL',
        MasterAccountId: management,
        MasterAccountArn: `arn:aws:organizations::${management}:account/${id}/${management}`,
        MasterAccountEmail: state.accounts[management]?.email ?? '',
      },
    };
  }),
  'organizations:ListAccounts': read('ListAccounts', (context) => {
    if (context.account.id !== context.state.organisation.management) {
      throw fault(context, 'AccessDeniedException', "You don't have permissions to access this resource.");
    }
    return { Accounts: Object.keys(context.state.accounts).map((id) => accountOutput(context, id)) };
  }),
  'organizations:DescribeAccount': read('DescribeAccount', (context) => ({
    Account: accountOutput(context, accountIn(context, 'AccountId')),
  })),
  'organizations:ListTagsForResource': read('ListTagsForResource', (context) => ({
    Tags: tagList(context.state.accounts[accountIn(context, 'ResourceId')]?.tags ?? {}),
  })),
  'organizations:ListPolicies': control('ListPolicies', true, (context) => ({
    Policies: [...standing(context).map(({ policy }) => policy), ...Object.values(madeIn(context))].map((policy) =>
      summary(context, policy),
    ),
  })),
  'organizations:ListPoliciesForTarget': control('ListPoliciesForTarget', true, (context) => {
    const target = targetIn(context);
    const own = Object.values(madeIn(context)).filter(({ accounts }) => accounts.includes(target));
    return { Policies: [fullAccess, ...own].map((policy) => summary(context, policy)) };
  }),
  'organizations:CreatePolicy': control('CreatePolicy', false, (context) => {
    const name = text(context, 'Name');
    if (Object.values(madeIn(context)).some((policy) => policy.name === name))
      throw fault(context, 'DuplicatePolicyException', 'A policy with the same name already exists.');
    const content = text(context, 'Content');
    check(context, content);
    const id = `p-${context.dice.hex(8)}`;
    const policy = { id, name, description: optionalText(context, 'Description') ?? '', content, accounts: [] };
    madeIn(context)[id] = policy;
    return { Policy: { PolicySummary: summary(context, policy), Content: content } };
  }),
  'organizations:DescribePolicy': control('DescribePolicy', true, (context) => {
    const policy = policyOf(context);
    return { Policy: { PolicySummary: summary(context, policy), Content: policy.content } };
  }),
  'organizations:ListTargetsForPolicy': control('ListTargetsForPolicy', true, (context) => ({
    Targets: policyOf(context).accounts.map((TargetId) => ({ TargetId })),
  })),
  'organizations:UpdatePolicy': control('UpdatePolicy', false, (context) => {
    const policy = policyOf(context);
    const content = optionalText(context, 'Content') ?? policy.content;
    check(context, content);
    madeIn(context)[policy.id] = { ...policy, content };
    return { Policy: { PolicySummary: summary(context, policy), Content: content } };
  }),
  'organizations:DeletePolicy': control('DeletePolicy', false, (context) => {
    const policy = policyOf(context);
    if (policy.accounts.length > 0) throw fault(context, 'PolicyInUseException', 'The policy is attached to an entity.');
    delete madeIn(context)[policy.id];
    return {};
  }),
  'organizations:AttachPolicy': control('AttachPolicy', false, (context) => {
    const policy = policyOf(context);
    const target = targetIn(context);
    if (policy.accounts.includes(target)) throw fault(context, 'DuplicatePolicyAttachmentException', 'The policy is attached already.');
    const own = Object.values(madeIn(context)).filter(({ accounts }) => accounts.includes(target));
    // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html, FullAWSAccess among them
    if (own.length >= 4) throw fault(context, 'ConstraintViolationException', 'MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED');
    madeIn(context)[policy.id] = { ...policy, accounts: [...policy.accounts, target] };
    return {};
  }),
  'organizations:DetachPolicy': control('DetachPolicy', false, (context) => {
    const policy = policyOf(context);
    const target = text(context, 'TargetId');
    if (!policy.accounts.includes(target)) throw fault(context, 'PolicyNotAttachedException', 'The policy is not attached.');
    madeIn(context)[policy.id] = { ...policy, accounts: policy.accounts.filter((id) => id !== target) };
    return {};
  }),
};

const fullAccess: ControlPolicy = { id: 'p-FullAWSAccess', name: 'FullAWSAccess', description: '', content: '', accounts: [] };

/** An operation on policies, which the management account alone may call; of a policy that is not simulated a campaign leaves its record only. */
function control(event: string, readOnly: boolean, run: Operation['run']): Operation {
  const isManagement = ({ account, state }: OperationContext) => account.id === state.organisation.management;
  return {
    source: 'organizations.amazonaws.com',
    event,
    readOnly,
    global: true,
    on: (context) => arnsIn(context),
    isKnown: (context) => {
      const policy = context.input['PolicyId'];
      return isManagement(context) && (readOnly || event === 'CreatePolicy' || (typeof policy === 'string' && policy in madeIn(context)));
    },
    run: (context) => {
      if (!isManagement(context)) throw fault(context, 'AccessDeniedException', "You don't have permissions to access this resource.");
      return run(context);
    },
  };
}

function check(context: OperationContext, content: string): void {
  try {
    parsePolicy(content);
  } catch (error) {
    if (!(error instanceof PolicySyntaxError)) throw error;
    throw fault(context, 'MalformedPolicyDocumentException', error.message);
  }
}

/** What a call names is what it is permitted on. */
function arnsIn({ state, input }: OperationContext): readonly string[] {
  const { id, management } = state.organisation;
  const { PolicyId: policy, TargetId: target } = input;
  const stem = `arn:aws:organizations::${management}`;
  const named = [
    ...(typeof policy === 'string' ? [`${stem}:policy/${id}/service_control_policy/${policy}`] : []),
    ...(typeof target === 'string' ? [placeArn(state, target)] : []),
  ];
  return named.length === 0 ? ['*'] : named;
}

export function madeIn({ state }: OperationContext): Record<string, ControlPolicy> {
  state.organisation.made ??= {};
  return state.organisation.made;
}

function policyOf(context: OperationContext): ControlPolicy {
  const id = text(context, 'PolicyId');
  const policy = Object.hasOwn(madeIn(context), id) ? madeIn(context)[id] : undefined;
  if (policy === undefined) throw fault(context, 'PolicyNotFoundException', `There is no policy ${id}.`);
  return policy;
}

/** A known account, or a unit or the root, which are not told apart here. */
function targetIn(context: OperationContext): string {
  const target = text(context, 'TargetId');
  if (/^(r|ou)-/.test(target) || context.state.accounts[target] !== undefined) return target;
  throw fault(context, 'TargetNotFoundException', `There is no target ${target}.`);
}

/** Those that were there from the beginning. */
function standing({ state }: OperationContext): readonly { readonly policy: ControlPolicy }[] {
  const all = Object.entries(state.organisation.policies).map(([name, content], i) => ({
    policy: { id: `p-standing${i}`, name, description: '', content, accounts: [] },
  }));
  return [{ policy: fullAccess }, ...all];
}

function summary({ state }: OperationContext, { id, name, description }: ControlPolicy): JsonObject {
  const { id: organisation, management } = state.organisation;
  return {
    Id: id,
    Arn: `arn:aws:organizations::${management}:policy/${organisation}/service_control_policy/${id}`,
    Name: name,
    Description: description,
    Type: 'SERVICE_CONTROL_POLICY',
    AwsManaged: id === fullAccess.id,
  };
}

/** An account that the management account asks for; the others may not know. */
function accountIn(context: OperationContext, name: string): string {
  if (context.account.id !== context.state.organisation.management)
    throw fault(context, 'AccessDeniedException', "You don't have permissions to access this resource.");
  const id = text(context, name);
  if (context.state.accounts[id] === undefined) throw fault(context, 'AccountNotFoundException', `There is no account ${id}.`);
  return id;
}

function read(event: string, run: Operation['run']): Operation {
  return { source: 'organizations.amazonaws.com', event, readOnly: true, global: true, run };
}

function accountOutput({ state }: OperationContext, id: string) {
  const account = state.accounts[id];
  const { id: organisation, management } = state.organisation;
  const { invited, joinedAt } = memberOf(state, id);
  return {
    Id: id,
    Arn: `arn:aws:organizations::${management}:account/${organisation}/${id}`,
    Email: account?.email ?? '',
    Name: account?.name ?? '',
    Status: 'ACTIVE',
    JoinedMethod: invited ? 'INVITED' : 'CREATED',
    JoinedTimestamp: iso(joinedAt),
  };
}

/** How and when an account joined; the founding account counts as invited. */
export function memberOf(state: OperationContext['state'], id: string): Member & { readonly joinedAt: number } {
  const joinsAt = state.accounts[id]?.joinsAt;
  const invited = id === state.organisation.management || joinsAt !== undefined;
  return { id, active: true, invited, joinedAt: joinsAt ?? state.start - 1000 * 86_400_000 };
}
