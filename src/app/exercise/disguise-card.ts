import { type Disguise, disguise } from '../../core/lib/disguise.ts';
import { idOf } from '../../core/lib/hash.ts';
import { sealFinding } from '../../core/lib/seal-finding.ts';
import type { About, Known } from '../../core/model/decide-context.ts';
import type { Actor, Finding } from '../../core/model/finding.ts';
import type { ExerciseCard } from './exercise.ts';

/** What says what it is, and not whose: the rule and the words of the engine. */
const keep = [
  'rule',
  'kind',
  'severity',
  'format',
  'tenant',
  'type',
  'operation',
  'service',
  'region',
  'guardrails',
  'advice',
  'playbook',
  'title',
  'userAgent',
  'waiting',
];
const times = ['time', 'firstTime', 'lastTime', 'bucket', 'since', 'fromTime', 'toTime'];
/** It looks as if it had just happened. */
const justNow = 4 * 60_000;

/** The card with other ids, names and times, as if it had happened a few minutes before `at`. The finding gets an id of its own. */
export function disguiseCard(card: ExerciseCard, salt: string, at: number): ExerciseCard {
  const { finding, about, ...rest } = card;
  const how = { salt, names: [...namesIn(finding), ...namesAbout(about)], shift: at - justNow - finding.lastTime, keep, times };
  const other = disguise({ finding, ...rest }, how);
  const { revision: _, ...content } = other.finding;
  return {
    ...other,
    ...(about === undefined ? {} : { about: about === null ? null : disguisedAbout(about, how) }),
    finding: sealFinding({ ...content, id: idOf('exercise', salt, finding.id) }),
  };
}

/** Text by text: a role may be called as a member is. Nobody sees the tags. */
function disguisedAbout({ owner, ownerUnknown, standing, code, deployer, ...about }: About, how: Disguise): About {
  const text = (now: string) => disguise(now, how);
  const facts = (known: Known | undefined) =>
    known === undefined
      ? known
      : {
          ...known,
          facts: known.facts.map(({ says, from }) => ({ says: text(says), from: text(from) })),
          unknown: known.unknown.map(text),
        };
  const whole: { [member in keyof About]: About[member] | undefined } = {
    tags: {},
    owner: owner === null ? null : { name: text(owner.name), from: owner.from },
    ownerUnknown,
    standing,
    code: code == null ? code : { name: text(code.name), from: code.from },
    deployer: deployer == null ? deployer : { ...deployer, who: text(deployer.who), at: deployer.at + how.shift },
    reach: facts(about.reach),
    data: facts(about.data),
    exposed: facts(about.exposed),
    exploited: facts(about.exploited),
  };
  return JSON.parse(JSON.stringify(whole)) as About;
}

/** Whose it is, and what and who made it. */
function namesAbout(about: ExerciseCard['about']): readonly string[] {
  if (about == null) return [];
  const { owner, code, deployer } = about;
  const says = [owner?.name ?? '', code?.name.split(' ').at(-1) ?? ''];
  return [...says, ...lastParts(deployer?.who ?? '')].filter((name) => !plain.has(name));
}

/** Names of who did it and of what it was done to, of the sessions and roles too, and what stands last in their ARNs. */
function namesIn({ actor, evidence, resources }: Finding): readonly string[] {
  const actors: readonly Actor[] = [actor, ...evidence.map((one) => one.actor)].flatMap((one) => one ?? []);
  const things = [...resources, ...evidence.flatMap((one) => one.resource ?? [])];
  const uids = [...actors.flatMap(({ uid, issuer }) => [uid, issuer ?? '']), ...things.map(({ uid }) => uid)];
  return [...actors.map(({ name }) => name), ...things.map(({ name }) => name), ...uids.flatMap(lastParts)].filter(
    (name) => !plain.has(name),
  );
}

/** Of an ARN what stands behind its type: names that the organisation has chosen. */
function lastParts(uid: string): readonly string[] {
  const resource = uid.startsWith('arn:') ? uid.split(':').slice(5).join(':') : uid;
  return resource.split(/[/:]/).slice(resource.startsWith('arn:') ? 0 : 1);
}

/** AWS's words, which are nobody's names. */
const plain: ReadonlySet<string> = new Set([
  'root',
  'user',
  'role',
  'assumed-role',
  'aws-service-role',
  'service-role',
  'aws-reserved',
  'sso.amazonaws.com',
]);
