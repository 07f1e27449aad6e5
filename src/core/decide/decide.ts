import { handOf, handsOf, personal } from '../lib/hands-of.ts';
import { tellsOfCredentials } from '../lib/tells-of-credentials.ts';
import { meetsWildcard } from '../lib/wildcard.ts';
import type { DecideContext, Offer } from '../model/decide-context.ts';
import type { Decision, Guardrail, ProposedAction, Verdict } from '../model/decision.ts';
import type { Finding } from '../model/finding.ts';
import { findingSources } from '../model/imported.ts';
import { type Severity, severityIds } from '../model/severity.ts';
import { type Grant, grantable, type Leave, type Tolerance, type ToleranceScope } from '../model/tolerance.ts';
import { exemptionOf } from './exemption-of.ts';
import { riskParts } from './risk.ts';
import { meetsAny, ownTouched, touchedBy } from './touched-by.ts';
import { holdsFor } from './unit-of.ts';

/**
 * Decides what happens with a finding: act alone, ask a person, watch, or close. It sees its three arguments and
 * nothing else, so that the same arguments give the same bytes for ever.
 */
export function decide(finding: Finding, context: DecideContext, tolerance: Tolerance): Decision {
  const scope = scopeOf(tolerance, finding.account, context.about?.tags ?? {});
  const { likelihood, impact } = riskParts(finding, context, scope.impact);
  const answer = (
    verdict: Verdict,
    guardrails: readonly Guardrail[],
    reason: string,
    actions: readonly ProposedAction[] = [],
    first: Decision['first'] = undefined,
    asks: readonly ProposedAction[] = [],
  ): Decision => ({
    format: 'jobzero.decision/1',
    finding: finding.id,
    revision: finding.revision,
    verdict,
    guardrails: [...new Set(guardrails)].sort(),
    reason,
    actions,
    risk: likelihood * impact,
    likelihood,
    impact,
    ...(first === undefined ? {} : { first }),
    ...(asks.length === 0 ? {} : { asks }),
  });

  const exemption = exemptionOf(finding, context.at, tolerance, context.weakness?.control);
  if (exemption !== null) return answer('close', ['exempted'], `Exempted by ${exemption.owner}: ${exemption.reason}`);
  const announced = announcedFor(finding, tolerance);
  if (announced !== null) return answer('close', ['announced'], `Announced by ${announced.owner}: ${announced.reason}`);
  if (context.ownAction !== null) return answer('close', [], `jobzero did this itself, by action ${context.ownAction}.`);
  const over = overAtSource(finding, context);
  if (over !== null) return answer('close', [], over);
  const led = context.weakness?.ledBy ?? null;
  if (led !== null) return answer('watch', ['duplicate'], `It is the weakness of which finding ${led} tells, and is decided there.`);
  const live = context.offers.filter((offer) => offer.liveState !== 'gone');
  const judge = (offer: Offer, silence: boolean) => guardrailsOf(offer, finding, context, tolerance, scope, silence);
  if (below(finding.severity, scope.decideFrom)) {
    return answer(
      'watch',
      ['severity-below-tolerance'],
      `Severity ${finding.severity} is below ${scope.decideFrom}, from which findings are decided here.`,
      // Whose it is may mend it all the same.
      live.flatMap((offer) => byApproval(offer, judge(offer, false))),
    );
  }

  // A setting that stands is work for the day, in its queue; only an attack is worth waking somebody for.
  const worthAsking = finding.kind === 'detection' && !below(finding.severity, scope.askFrom);
  const grave = isGrave(finding, context);
  // Silence is no reason to let it rest.
  const isUnanswered = context.unanswered !== undefined;
  const atWhatWasDone = context.offers.filter((offer) => offer.cutsOff !== true);
  if (
    atWhatWasDone.length > 0 &&
    atWhatWasDone.every((offer) => offer.liveState === 'gone') &&
    !((grave || isUnanswered) && live.length > 0)
  )
    return answer('close', [], 'What was found is gone already: the live state is as it should be.');
  if (live.length === 0 && context.offers.length > 0)
    return answer('watch', ['contained'], 'The credentials that did it are cut off already, and nothing else is to be done.');
  const isCutOff = context.offers.some((offer) => offer.cutsOff === true && offer.liveState === 'gone');
  // Whose credentials were taken is not asked about what else a thief did with them, once that thief is out.
  const asked = isCutOff && isInOtherHands(finding, context) ? undefined : actorFirst(finding, context, tolerance, scope, worthAsking);
  const { unanswered } = context;
  // Only of who did it; whose it is has no say over somebody else's credentials, nor has their silence.
  const mayContain = scope.onSilence === 'contain' && asked !== undefined && asked.as === undefined;
  const silent = mayContain && asked.person === unanswered?.person;
  const judged = live.map((offer) => ({ offer, guardrails: judge(offer, silent) }));
  const contains = mayContain && judged.some(({ offer, guardrails }) => guardrails.length > 0 && judge(offer, true).length === 0);
  // Who has let the time run out is not asked again.
  const first = unanswered !== undefined || asked === undefined ? undefined : contains ? { ...asked, silence: 'contain' as const } : asked;
  const whose = first?.as === 'owner' ? 'whose account it is' : 'whose credentials did it';
  const said = unanswered === undefined ? '' : ` ${unanswered.person} was asked first, and has said nothing.`;
  const asking = first === undefined ? said : ` ${first.person}, ${whose}, is asked first.`;
  if (live.length === 0) {
    const guardrails: Guardrail[] = first === undefined ? ['no-playbook'] : ['no-playbook', 'actor-first'];
    return worthAsking || isUnanswered || first !== undefined
      ? answer('ask', guardrails, `No playbook answers this finding: a person has to look.${asking}`, [], first)
      : answer('watch', guardrails, 'No playbook answers this finding, and it is nothing to wake somebody for.');
  }

  const isFree = ({ guardrails }: (typeof judged)[number]) => guardrails.every((guardrail) => guardrail === 'not-armed');
  const isAlone = withinRun(judged.filter(isFree), tolerance.caps.perRun);
  const free = judged.filter((item) => isAlone.has(item));
  const held = judged
    .filter((item) => !isAlone.has(item))
    .map((item) => (isFree(item) ? { ...item, guardrails: [...item.guardrails, 'cap-per-run' as const] } : item))
    .map(({ offer, guardrails: why }) => ({
      cutsOff: offer.cutsOff === true,
      // What wants approval whatever holds is a harsher way: where automation takes the narrow one, that is enough.
      harsher: offer.approval !== 'none',
      guardrails: why,
      proposals: byApproval(offer, why),
    }));
  if (free.length > 0) {
    const unarmed = free.every(({ guardrails }) => guardrails.length > 0);
    const cutsOff = free.some(({ offer }) => offer.cutsOff === true);
    // What automation leaves as it is lets whoever did it go on, or in again: a person says, the engineer or who is said to have done it.
    const person = cutsOff ? undefined : first;
    const left =
      (grave && worthAsking) || isUnanswered || person !== undefined
        ? held.filter((item) => (item.cutsOff ? !cutsOff : !item.harsher))
        : [];
    const asks = left.flatMap(({ proposals }) => proposals);
    const about = left.some((item) => item.cutsOff) ? 'Whether to cut off who did it' : 'Whether to take back the rest';
    return answer(
      'act',
      [...free.flatMap(({ guardrails }) => guardrails), ...(asks.length === 0 ? [] : left.flatMap((item) => item.guardrails))],
      unarmed
        ? 'Every guardrail but arming is met: this is what would have been done.'
        : `${silent ? `${said.trimStart()} Tolerance takes that for a no. ` : ''}Every guardrail is met.${asks.length === 0 ? '' : ` ${about}, somebody is asked.${person === undefined ? '' : asking}`}`,
      free.map(({ offer, guardrails }) => proposed(offer, guardrails, 0)),
      asks.length === 0 ? undefined : person,
      asks,
    );
  }
  const guardrails = held.flatMap((item) => item.guardrails);
  const why = wordsOf(guardrails, ownWords(live, finding, context));
  const proposals = held.flatMap((item) => item.proposals);
  if (!worthAsking && !isUnanswered && first === undefined)
    return answer('watch', guardrails, `Automation may not act: ${why}. It is nothing to wake somebody for.`, proposals);
  return answer(
    'ask',
    first === undefined ? guardrails : [...guardrails, 'actor-first'],
    `Automation may not act alone: ${why}.${asking}`,
    proposals,
    first,
  );
}

/** What people may do of it, by how many; none where no approval lifts what holds it back. */
function byApproval(offer: Offer, guardrails: readonly Guardrail[]): readonly ProposedAction[] {
  if (guardrails.some((guardrail) => neverByApproval.has(guardrail))) return [];
  return [proposed(offer, guardrails, offer.approval === 'two-persons' || !offer.reversible ? 2 : 1)];
}

/** Of what is free so many as automation may start for one decision: what cuts somebody off before what mends. */
function withinRun<T extends { readonly offer: Offer }>(free: readonly T[], most = Number.POSITIVE_INFINITY): ReadonlySet<T> {
  const cutting = free.filter(({ offer }) => offer.cutsOff === true);
  return new Set([...cutting, ...free.filter((item) => !cutting.includes(item))].slice(0, most));
}

/** Is it reason enough to cut somebody off: grave by itself, or by somebody who did more of an incident that wakes people? */
function isGrave(finding: Finding, { incident }: DecideContext): boolean {
  if (finding.kind !== 'detection') return false;
  if (!below(finding.severity, 'High')) return true;
  // Whoever writes to a log bucket must not be able to make somebody a suspect.
  if (incident?.proven !== true) return false;
  // What an incident touches, others work on, too.
  const did = handsOf(finding);
  const suspects = new Set((incident.suspects ?? []).map(handOf));
  return did.size > 0 && [...did].every((hand) => suspects.has(hand));
}

/**
 * Is there reason to take who did it for a thief, beside what was done: does this finding, or one of its incident that AWS has confirmed, tell that the
 * credentials are where they do not belong? The root user has no business of its own.
 */
function isInOtherHands(finding: Finding, { incident }: DecideContext): boolean {
  if (finding.actor?.type === 'Root' || tellsOfCredentials(finding)) return true;
  const misplaced = new Set((incident?.misplaced ?? []).map(handOf));
  const hands = handsOf(finding);
  return hands.size > 0 && [...hands].every((hand) => misplaced.has(hand));
}

/**
 * Why a finding of another service is over, in a sentence; null for one that is not. Only where AWS itself says so: whoever writes to a queue
 * must not be able to put away what was found.
 */
function overAtSource({ imported }: Finding, { evidence }: DecideContext): string | null {
  if (imported === undefined || evidence !== 'validated') return null;
  const name = findingSources[imported.source];
  if (imported.sample === true) return `It is a sample that somebody had ${name} make.`;
  return imported.state === 'active' ? null : `It is ${imported.state} in ${name}.`;
}

/**
 * The person whose credentials did it: nobody knows better whether it was they. Not for root, who is nobody. Undefined where nobody is asked
 * first. Where data leaves or is lost, or the trail is cut, there is little time, and a "yes" is not enough; what would not wake the
 * engineer has time until the person is at work. Where data is taken or destroyed, whose it is is asked after a "yes"; and the owner of the account where nobody answers for who did it.
 */
function actorFirst(
  finding: Finding,
  context: DecideContext,
  tolerance: Tolerance,
  { askActorFor, askActorFrom }: Required<ToleranceScope>,
  worthAsking: boolean,
): Decision['first'] {
  const { reachable = [] } = context;
  const { people } = tolerance;
  if (askActorFor === 0 || finding.kind !== 'detection' || below(finding.severity, askActorFrom)) return undefined;
  if (finding.actor === undefined || finding.actor.type === 'Root') return undefined;
  const patiently = Math.max(askActorFor, patience);
  // Where nobody answers for who did it, the owner of the account knows whether it is meant; what is worth waking the engineer for does not wait for that.
  const owner = ownerIn(finding, tolerance, reachable);
  const byOwner = worthAsking || owner === undefined ? undefined : ({ person: owner, minutes: patiently, as: 'owner' } as const);
  // People run into walls, and what was refused has changed nothing; a program that does so is not doing what it was made for.
  const refused = finding.evidence.length > 0 && finding.evidence.every(({ error }) => error !== undefined);
  if (!worthAsking && refused && handOf(finding.actor.uid).startsWith(personal)) return undefined;
  const actors = new Set(finding.evidence.map(({ actor }) => actor?.uid));
  // Who is asked must have done all of it, else the answer says nothing of the rest, nor of what is not shown.
  if (actors.size > 1 || finding.count.atLeast) return byOwner;
  const { uid } = finding.actor;
  const person = Object.keys(people)
    .sort()
    .find((name) => (people[name] ?? []).some((pattern) => meetsWildcard(pattern, uid)));
  if (person === undefined || !reachable.includes(person)) return byOwner;
  const { tactics } = finding.rule;
  const urgent = finding.severity === 'Critical' || tactics.some((tactic) => cannotWait.has(tactic));
  const and = (other: string | undefined) => (other === undefined || other === person ? {} : { owner: other });
  if (worthAsking && urgent) {
    // Tags are anybody's text: only whom tolerance names settles what the engineer would look at. Trails, and what is critical, nobody settles but the engineer.
    const settles = finding.severity !== 'Critical' && !tactics.includes(cutsTrails);
    return { person, minutes: Math.min(askActorFor, hurry), enough: false, ...(settles ? and(owner) : {}) };
  }
  // Who takes data says "yes, me" too: whose it is hears of it. Where data leaves or is lost or a trail is cut, their word is wanted, or else the engineer's.
  const tagged = context.about?.owner?.person;
  const whose = [tagged, owner].find((one) => one !== undefined && one !== person && reachable.includes(one));
  return {
    person,
    minutes: worthAsking ? askActorFor : patiently,
    ...(urgent ? { enough: false } : {}),
    ...(urgent || tactics.some((tactic) => takes.has(tactic)) ? and(whose) : {}),
  };
}

/** The owner of the finding's account, whom tolerance names and who can be asked. */
function ownerIn({ account }: Finding, { accountOwners = {} }: Tolerance, reachable: readonly string[]): string | undefined {
  const owner = Object.hasOwn(accountOwners, account) ? accountOwners[account] : undefined;
  return owner !== undefined && reachable.includes(owner) ? owner : undefined;
}

/** Minutes: of what cannot wait, and of what can wait for the next day. */
const hurry = 5;
const patience = 12 * 60;

/**
 * What was announced for all that this finding tells. A pretext must not cover loss: where data leaves, is lost, or the trail is cut, and of what is
 * critical, nothing is closed.
 */
function announcedFor(finding: Finding, { announced }: Tolerance) {
  if (finding.kind !== 'detection' || finding.actor === undefined || finding.actor.type === 'Root') return null;
  if (finding.severity === 'Critical' || finding.count.atLeast) return null;
  if (finding.rule.tactics.some((tactic) => cannotWait.has(tactic))) return null;
  const { account, firstTime, lastTime, rule } = finding;
  const actors = [finding.actor, ...finding.evidence.flatMap(({ actor }) => (actor === undefined ? [] : [actor]))];
  return (
    announced.find(
      (work) =>
        firstTime >= work.from &&
        lastTime < work.until &&
        (work.account ?? account) === account &&
        (work.rules ?? ['*']).some((pattern) => meetsWildcard(pattern, rule.id)) &&
        actors.every(({ uid, issuer }) =>
          work.who.some((pattern) => meetsWildcard(pattern, uid) || (issuer !== undefined && meetsWildcard(pattern, issuer))),
        ),
    ) ?? null
  );
}

/** Tactics where an hour of waiting may be what cannot be given back. In ATT&CK v19 the cutting of trails is `defense-impairment`. */
const cutsTrails = 'defense-impairment';
export const cannotWait: ReadonlySet<string> = new Set(['exfiltration', 'impact', cutsTrails]);
/** Tactics of who takes what is somebody else's, or destroys it. */
const takes: ReadonlySet<string> = new Set(['collection', 'exfiltration', 'impact']);

/** These hold for people's approvals too. */
const neverByApproval: ReadonlySet<Guardrail> = new Set(['protected-principal', 'own-path', 'tolerance-forbids']);

function guardrailsOf(
  offer: Offer,
  finding: Finding,
  context: DecideContext,
  tolerance: Tolerance,
  scope: Required<ToleranceScope>,
  silent: boolean,
): Guardrail[] {
  const found: Guardrail[] = [];
  if (context.stopped) found.push('stopped');
  if (!offer.armed) found.push('not-armed');
  const leave: Leave = scope.playbooks[offer.playbook] ?? scope.act;
  if (leave === 'never') found.push('tolerance-forbids');
  if (leave === 'ask') found.push('tolerance-asks');
  if (offer.approval !== 'none') found.push('approval-required');
  // What is not grave is taken back by whoever did it or whose it is, unless tolerance names the playbook, or two persons have for this rule.
  const granted = grantsFor(offer, finding, context.at, tolerance);
  const named = offer.cutsOff !== true && (scope.playbooks[offer.playbook] === 'alone' || granted.length > 0);
  if (finding.kind === 'detection' && !isGrave(finding, context) && !named) found.push('not-grave');
  else if (offer.cutsOff === true && !isInOtherHands(finding, context)) found.push('deed-only');
  if (!offer.reversible) found.push('irreversible');
  // Who writes to a log bucket must not be able to make us lock out production.
  if (context.evidence !== 'validated') found.push('evidence-unvalidated');
  const touched = touchedByOffer(offer, finding);
  if (meetsAny(touched, tolerance.protected)) found.push('protected-principal');
  if (ownMet(offer, finding, context).length > 0) found.push('own-path');
  // Who works for the organisation at night must not be locked out by a machine; a person may, and so may they themselves.
  const operators = (context.operators ?? []).flatMap((name) =>
    Object.hasOwn(tolerance.people, name) ? (tolerance.people[name] ?? []) : [],
  );
  if (offer.cutsOff === true && meetsAny(touched, operators)) found.push('operator');
  if (
    tolerance.freezes.some(
      (freeze) => context.at >= freeze.from && context.at < freeze.until && (freeze.account ?? finding.account) === finding.account,
    )
  )
    found.push('change-freeze');
  if (context.startedLastHour.everywhere >= tolerance.caps.perHour || context.startedLastHour.account >= tolerance.caps.perAccountHour)
    found.push('cap-per-hour');
  // Mending again what is written again is a war between two machines: its owner changes the code. An attacker's act is contained each time.
  if (finding.kind !== 'detection' && (offer.returned ?? 0) > 0) found.push('flapping');
  // What an attacker has just opened, tolerance may name; what somebody opened at work, or stood before, is probably in use, so it never may.
  const accepts = (list: readonly string[]) => isGrave(finding, context) && list.includes(offer.playbook);
  if (offer.risks.includes('legitimate-use') && !accepts(scope.acceptLegitimateUse)) {
    if (offer.legitimateUse === 'some') found.push('legitimate-use');
    if (offer.legitimateUse === 'unknown') found.push('legitimate-use-unknown');
  }
  if (offer.risks.includes('workload') && offer.servesProduction !== 'no' && !accepts(scope.acceptProductionUse))
    found.push('serves-production');
  const lifted = new Set<Guardrail>(granted.flatMap(({ despite }) => despite).filter((guardrail) => grantable.includes(guardrail)));
  // Who would know that it was their work has said nothing. Of what is not armed nothing would be done, and the engineer is to hear of it.
  if (silent && offer.armed) {
    for (const doubt of ['not-grave', 'deed-only'] as const) lifted.add(doubt);
    // Whoever names a playbook wants to be asked about that one, whoever else was.
    if (scope.playbooks[offer.playbook] === undefined) lifted.add('tolerance-asks');
  }
  // What stood before is probably in use: that may never be lifted for a setting.
  return finding.kind === 'detection' ? found.filter((guardrail) => !lifted.has(guardrail)) : found;
}

function touchedByOffer(offer: Offer, finding: Finding): readonly string[] {
  return [...touchedBy(offer.target, offer.cutsOff === true, finding), ...(offer.touches ?? [])];
}

function ownMet(offer: Offer, finding: Finding, { own }: DecideContext): readonly string[] {
  return ownTouched(touchedByOffer(offer, finding), offer.cutsOff === true, own);
}

function proposed(offer: Offer, guardrails: readonly Guardrail[], approvals: 0 | 1 | 2): ProposedAction {
  const { playbook, version, target, blastRadius, inverse } = offer;
  return { playbook, version, target, blastRadius, inverse, approvals, mode: guardrails.includes('not-armed') ? 'dry-run' : 'live' };
}

/** The default, then each unit that holds, then the account's own word. */
function scopeOf(tolerance: Tolerance, account: string, tags: { readonly [key: string]: string }): Required<ToleranceScope> {
  const own = Object.hasOwn(tolerance.accounts, account) ? tolerance.accounts[account] : undefined;
  let scope = tolerance.default;
  const narrow = (next: ToleranceScope) => {
    scope = { ...scope, ...next, playbooks: { ...scope.playbooks, ...next.playbooks } };
  };
  for (const one of tolerance.units) {
    const { name: _, accounts: __, tags: ___, ...unit } = one;
    if (holdsFor(one, account, tags)) narrow(unit);
  }
  if (own !== undefined) narrow(own);
  return scope;
}

/** What two persons have let automation do for this rule, account and playbook, and what holds still. */
function grantsFor(offer: Offer, finding: Finding, at: number, { grants = [] }: Tolerance): readonly Grant[] {
  return grants.filter(
    ({ rule, account, playbook, expires }) =>
      rule === finding.rule.id && account === finding.account && playbook === offer.playbook && at < expires,
  );
}

function below(severity: Severity, bar: Severity): boolean {
  return severityIds[severity] < severityIds[bar];
}

const words: { readonly [guardrail in Guardrail]: string } = {
  stopped: 'the stop button is on',
  'not-armed': 'the playbook is not armed in this account',
  'shadow-unsigned': 'what it would have done has not been signed yet',
  irreversible: 'it cannot be undone',
  'approval-required': 'the playbook asks for approval',
  'protected-principal': 'the principal is protected',
  'own-path': 'it would touch jobzero itself',
  operator: 'it would lock out somebody who is on call',
  'change-freeze': 'changes are frozen',
  'cap-per-run': 'the cap of this run is reached',
  'cap-per-hour': 'the cap of this hour is reached',
  exempted: 'it is exempted',
  'legitimate-use-unknown': 'no log says whether somebody uses it',
  'legitimate-use': 'somebody used it lately',
  'serves-production': 'it may serve production',
  'evidence-unvalidated': 'only log objects say so, and AWS has not confirmed it',
  'tolerance-forbids': 'tolerance forbids it',
  'tolerance-asks': 'tolerance wants to be asked',
  'severity-below-tolerance': 'its severity is below tolerance',
  'no-playbook': 'no playbook answers it',
  'no-target': 'the evidence names no target',
  announced: 'it was announced',
  'actor-first': 'who did it is asked first',
  'deed-only': 'nothing says that the credentials are in other hands, so that it may be somebody’s work',
  'not-meant': 'whose it is says that it was not meant',
  'not-grave': 'one finding that is not grave is no reason to act alone',
  contained: 'the credentials that did it are cut off already',
  duplicate: 'it is decided elsewhere',
  flapping: 'it was mended before and came back, so somebody or some code wants it so',
};

function wordsOf(guardrails: readonly Guardrail[], own: string): string {
  return [...new Set(guardrails)]
    .sort()
    .map((guardrail) => (guardrail === 'own-path' ? `${words[guardrail]}${own}` : words[guardrail]))
    .join('; ');
}

/** What of jobzero's own these would touch: `, a queue that brings its logs`. Empty where nothing says. */
function ownWords(offers: readonly Offer[], finding: Finding, context: DecideContext): string {
  const { ownWhat = {} } = context;
  const named = offers.flatMap((offer) =>
    ownMet(offer, finding, context).flatMap((pattern) => (Object.hasOwn(ownWhat, pattern) ? (ownWhat[pattern] ?? []) : [])),
  );
  return named.length === 0 ? '' : `, ${[...new Set(named)].sort().join(', ')}`;
}
