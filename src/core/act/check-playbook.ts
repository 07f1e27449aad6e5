import { parseArn, partitionOf } from '../lib/arn.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { lostBy } from '../lib/irreversible.ts';
import { findingSources } from '../model/imported.ts';
import type { Json } from '../model/json.ts';
import type { Call, Kept, Playbook, PlaybookExample, Step } from '../model/plan.ts';
import { describePlan } from './describe-plan.ts';

/** Any recorded start: a plan must be the same plan for the same start. */
const someTime = 1_700_000_000_000;
const idPattern = /^[a-z0-9-]+(\.[a-z0-9-]+){2,}$/;
const actionPattern = /^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$/;

/**
 * What is wrong with a playbook, as sentences; empty when it may be used. It is run on the playbook's own examples.
 * The rules: an id that is a path, a version, something it handles unless it cuts off whoever did anything, one sentence on blast radius and inverse; every
 * step verifies, names ARNs of the target's account and partition, and can be read and undone whatever AWS answers; an
 * irreversible step, by its own word or by the list of what cannot be undone, needs two persons; the session policy fits.
 */
export function checkPlaybook(playbook: Playbook): readonly string[] {
  const faults: string[] = [];
  if (!idPattern.test(playbook.id)) faults.push(`the id ${playbook.id} is not provider.service.verb-object`);
  if (!Number.isInteger(playbook.version) || playbook.version < 1) faults.push('the version is not an integer from 1');
  if (playbook.title === '' || playbook.why === '') faults.push('it has no title or no why');
  if (playbook.handles.length === 0 && playbook.cutsOff !== true) faults.push('it handles no rule and no control');
  const unsourced = (playbook.reported ?? []).filter(
    (pattern) => !Object.hasOwn(findingSources, pattern.slice(0, Math.max(0, pattern.indexOf('/')))),
  );
  if (unsourced.length > 0) faults.push(`it answers ${unsourced.join(', ')}, of no service whose findings come in`);
  if (new Set(playbook.handles).size !== playbook.handles.length) faults.push('it handles something twice');
  if (playbook.examples.length === 0) faults.push('it has no example');
  for (const example of playbook.examples) {
    try {
      faults.push(...checkExample(playbook, example).map((fault) => `example "${example.name}": ${fault}`));
    } catch (error) {
      faults.push(`example "${example.name}": ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return faults;
}

function checkExample(playbook: Playbook, { target, does }: PlaybookExample): readonly string[] {
  const faults: string[] = [];
  // Throws when the policy does not fit or an input is no JSON.
  const once = canonicalJson(describePlan(playbook, target, someTime));
  const again = canonicalJson(describePlan(playbook, target, someTime));
  if (once !== again) faults.push('two plans for one target and start differ');
  for (const text of [playbook.blastRadius(target), playbook.inverse(target)])
    if (!/^[A-Z].*[.]$/s.test(text)) faults.push(`"${text}" is no sentence`);
  if (!/^[A-Z].*[^.?!]$/s.test(playbook.asks(target))) faults.push(`"${playbook.asks(target)}" cannot be put as a question`);
  const requires = playbook.requires?.(target) ?? [];
  const steps = playbook.plan(target, someTime);
  if (steps.length === 0) faults.push('the plan has no step');
  const called = steps.map((step) => step.do.action);
  if (canonicalJson(called) !== canonicalJson(does))
    faults.push(`the plan does ${called.join(', ')} and the example says ${does.join(', ')}`);
  const names = [...requires.map((check) => check.read.keep), ...steps.map((step) => step.read.keep)];
  if (new Set(names).size !== names.length) faults.push('two reads keep their answer under one name');
  for (const check of requires) {
    faults.push(...checkArns(check.on, target.account, target.region), ...checkActions([check.read]));
    if (check.says === '') faults.push(`"${check.name}" does not say what is wrong`);
  }
  for (const { name, read, says } of playbook.surveys?.(target, someTime) ?? []) {
    faults.push(...checkActions([read]));
    for (const answer of hostileAnswers) if (!/^[A-Z].*[.]$/s.test(says(answer))) faults.push(`survey "${name}" says no sentence`);
  }
  for (const step of steps)
    faults.push(...checkStep(playbook, step, target.account, target.region).map((fault) => `step "${step.name}": ${fault}`));
  return faults;
}

function checkStep(playbook: Playbook, step: Step, account: string, region: string): readonly string[] {
  const faults = [...checkArns(step.on, account, region), ...checkActions([step.read, step.do, step.verify])];
  const lost = lostBy(step.do.action);
  if (lost !== null && playbook.approval !== 'two-persons')
    faults.push(`${step.do.action} cannot be undone (lost: ${lost}), so two persons must approve it`);
  if (step.verify.says === '') faults.push('verify does not say what it looks for');
  if (!(step.verify.withinSeconds > 0 && step.verify.withinSeconds <= 3600)) faults.push('verify does not end within an hour');
  // AWS says "there is none" as null; whatever else comes is hostile until shown otherwise.
  for (const answer of hostileAnswers) {
    const text = canonicalJson(answer);
    canonicalJson(step.captures(answer));
    if (typeof step.verify.expect(answer) !== 'boolean') faults.push(`expect gives no answer for ${text}`);
    const kept: Kept = { [step.read.keep]: answer };
    const undo = step.undo(kept, null);
    if (undo === 'irreversible') {
      if (playbook.approval !== 'two-persons') faults.push('it is irreversible, so two persons must approve it');
    } else {
      faults.push(...checkActions(undo));
      for (const { action } of undo)
        if (!playbook.undoes.includes(action)) faults.push(`it undoes by ${action}, which "undoes" does not name`);
    }
  }
  return faults;
}

const hostileAnswers: readonly Json[] = [
  null,
  {},
  [],
  '',
  { AccessKeyMetadata: [null, 1, {}] },
  { SecurityGroupRules: [null, 'x', { CidrIpv4: 1 }] },
];

function checkArns(on: readonly string[], account: string, region: string): readonly string[] {
  const faults: string[] = [];
  if (on.length === 0) faults.push('it names no ARN');
  for (const text of on) {
    const arn = parseArn(text);
    if (arn === null) faults.push(`${text} is no ARN`);
    else if (arn.account !== account && !(arn.account === '' && hasNoAccount(arn)) && !isOfAnother(arn))
      faults.push(`${text} is not of account ${account}`);
    else if (arn.partition !== partitionOf(region)) faults.push(`${text} is of another partition than ${region}`);
    else if (arn.resource === '' || arn.resource === '*') faults.push(`${text} names everything`);
  }
  return faults;
}

/**
 * ARNs without an account: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html,
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html (snapshot, image),
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html
 */
function hasNoAccount({ service, resource }: { readonly service: string; readonly resource: string }): boolean {
  return (
    service === 's3' || service === 'sso' || service === 'identitystore' || (service === 'ec2' && /^(snapshot|image)\//.test(resource))
  );
}

/**
 * The store of people may be another account's, and its id tells it from all others. Of the root user of a member account a session is taken on
 * from the management account.
 */
function isOfAnother({
  service,
  account,
  resource,
}: {
  readonly service: string;
  readonly account: string;
  readonly resource: string;
}): boolean {
  return (
    (service === 'identitystore' && account === '*' && /^identitystore\/[^*]+$/.test(resource)) ||
    (service === 'iam' && /^\d{12}$/.test(account) && resource === 'root')
  );
}

function checkActions(calls: readonly Call[]): readonly string[] {
  return calls.filter((call) => !actionPattern.test(call.action)).map((call) => `${call.action} is no IAM action`);
}
