import { z } from '@hono/zod-openapi';
import { stepUpActions } from '../app/passkeys/step-up.ts';
import { findingKinds } from '../core/model/finding.ts';
import { type FindingSource, findingSources, reportForms } from '../core/model/imported.ts';

/** The shapes of the API. Handlers are typed against them, so a change of the model that they miss does not compile. */

export const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
/** A union, since `.nullable()` would make the named schema itself nullable in the document. */
export const orNull = <T extends z.ZodType>(item: T) => z.union([item, z.null()]);
const id = z.string();
export const time = z.number().int().openapi({ description: 'Milliseconds since 1970.' });
const object = z.record(z.string(), z.unknown());

export const Severity = z.enum(['Informational', 'Low', 'Medium', 'High', 'Critical']).openapi('Severity');
export const FindingState = z.enum(['open', 'acknowledged', 'suppressed', 'resolved', 'retracted']).openapi('FindingState');
export const ActionState = z
  .enum(['planned', 'running', 'verified', 'unverified', 'failed', 'refused', 'dry-run', 'undoing', 'undone', 'undo-asks', 'undo-failed'])
  .openapi('ActionState');
export const JudgementState = z.enum(['waiting', 'approved', 'denied', 'withdrawn']).openapi('JudgementState');

const Actor = z
  .object({
    type: z.string(),
    uid: z.string(),
    name: z.string(),
    principalId: z.string().optional(),
    issuer: z.string().optional(),
    accessKeyId: z.string().optional(),
    account: z.string().optional(),
  })
  .openapi('Actor');

const ResourceRef = z
  .object({ uid: z.string(), type: z.string(), name: z.string(), account: z.string(), region: z.string() })
  .openapi('ResourceRef');

const Evidence = z
  .object({
    key: z.string(),
    id: z.string(),
    time,
    rule: z.string(),
    operation: z.string(),
    service: z.string(),
    account: z.string(),
    region: z.string(),
    ip: z.string().optional(),
    userAgent: z.string().optional(),
    error: z.string().optional(),
    dataEvent: z.literal(true).optional(),
    actor: Actor.optional(),
    resource: ResourceRef.optional(),
    kept: object.optional(),
  })
  .openapi('Evidence');

const RuleRef = z
  .object({
    id: z.string(),
    major: z.number(),
    title: z.string(),
    description: z.string(),
    techniques: list(z.string()),
    tactics: list(z.string()),
  })
  .openapi('RuleRef');

const Measured = z
  .object({
    what: z.enum(['sum', 'average', 'median', 'percentile']),
    value: z.number(),
    quality: z.enum(['exact', 'at least', 'approximately']),
  })
  .openapi('Measured');

const Baseline = z
  .object({
    days: z.number(),
    atLeast: z.boolean(),
    known: z.number(),
    since: time,
    usual: list(z.object({ days: z.number(), value: z.string() }).readonly()),
  })
  .openapi('Baseline', { description: 'What a value that was never seen before departs from.' });

const roughly = z.enum(['exact', 'approximately']);
const Volume = z
  .object({
    what: z.enum(['events', 'values']),
    value: z.number(),
    quality: roughly,
    days: z.number(),
    since: time,
    most: z.number(),
    mostQuality: roughly,
    error: z.number().openapi({ description: '0.13: 13% more or less, in 95 of 100 cases.' }),
  })
  .openapi('Volume', { description: 'A day on which much more happened than on the days before.' });

const Travel = z
  .object({
    from: z.string(),
    to: z.string(),
    fromTime: time,
    toTime: time,
    distance: z.number().openapi({ description: 'Kilometres.' }),
    speed: z.number().nullable().openapi({ description: 'Kilometres an hour at least; null where both were at once.' }),
  })
  .openapi('Travel', { description: 'Two places too far apart for the time between, as latitude, longitude and country.' });

const Imported = z
  .object({
    source: z.enum(Object.keys(findingSources) as [FindingSource]),
    form: z.enum(reportForms).openapi({ description: "The service's own words, or Security Hub's formats." }),
    uid: z.string(),
    type: z.string(),
    severity: z.string().openapi({ description: 'As the service said it.' }),
    state: z.enum(['active', 'archived', 'suppressed', 'resolved']),
    sample: z.literal(true).optional(),
    updatedAt: time,
    url: z.string(),
    refs: list(
      z.object({
        form: z.enum(reportForms),
        ref: z.object({ account: z.string(), region: z.string(), names: z.record(z.string(), z.string()).readonly() }),
      }),
    ),
    trusted: z.boolean(),
    answers: list(z.string()).openapi({ description: 'Our own rules and controls that find the same.' }),
    newer: time.optional(),
  })
  .openapi('Imported', { description: "Where a finding of another service's came from." });

export const Finding = z
  .object({
    format: z.literal('jobzero.finding/1'),
    tenant: z.string(),
    id,
    revision: z.string(),
    kind: z.enum(findingKinds),
    rule: RuleRef,
    severity: Severity,
    group: object,
    bucket: z.number(),
    account: z.string(),
    region: z.string(),
    actor: Actor.optional(),
    baseline: Baseline.optional(),
    resources: list(ResourceRef),
    firstTime: time,
    lastTime: time,
    count: z.object({ n: z.number(), atLeast: z.boolean() }),
    measured: Measured.optional(),
    travel: Travel.optional(),
    volume: Volume.optional(),
    evidence: list(Evidence),
    message: z.string(),
    imported: Imported.optional(),
  })
  .openapi('Finding');

export const CoverageRow = z
  .object({
    account: z.string(),
    source: z.enum(Object.keys(findingSources) as [FindingSource]),
    seen: z.number().int(),
    onlyTheirs: z.number().int().openapi({ description: 'Of those, what nothing of ours found.' }),
    both: z.number().int(),
    onlyOurs: z.number().int().openapi({ description: 'Of rules and controls that answer types of this service, what it does not have.' }),
    onlyTheirTypes: list(z.object({ type: z.string(), n: z.number().int(), example: id })).openapi({
      description: 'What only it saw, by the types of which there is the most, each with the id of one finding.',
    }),
    readAt: orNull(time),
    unread: list(z.string()),
  })
  .openapi('CoverageRow');

const Target = z.object({ account: z.string(), region: z.string(), uid: z.string(), params: object }).openapi('Target');
const Call = z.object({ action: z.string(), input: object }).openapi('Call');

const ProposedAction = z
  .object({
    playbook: z.string(),
    version: z.number(),
    target: Target,
    blastRadius: z.string(),
    inverse: z.string(),
    approvals: z.union([z.literal(0), z.literal(1), z.literal(2)]),
    mode: z.enum(['live', 'dry-run']),
  })
  .openapi('ProposedAction');

const Guardrail = z.object({ code: z.string(), words: z.string() }).openapi('Guardrail');

const Decision = z
  .object({
    format: z.literal('jobzero.decision/1'),
    finding: id,
    revision: z.string(),
    verdict: z.enum(['act', 'ask', 'watch', 'close']),
    guardrails: list(z.string()),
    reason: z.string(),
    actions: list(ProposedAction),
    risk: z.number(),
    likelihood: z.number().optional(),
    impact: z.number().optional(),
    first: z.object({ person: z.string(), minutes: z.number() }).optional(),
  })
  .openapi('Decision');

const JudgementPart = z
  .object({
    finding: id,
    revision: z.string(),
    question: z.string(),
    options: list(ProposedAction),
    guardrails: list(z.string()),
  })
  .openapi('JudgementPart');

const Judgement = z
  .object({
    id,
    tenant: z.string(),
    finding: id,
    revision: z.string(),
    incident: id.nullable().optional(),
    parts: list(JudgementPart).optional(),
    question: z.string(),
    options: list(ProposedAction),
    guardrails: list(z.string()),
    state: JudgementState,
    askedAt: time,
    answeredAt: time.nullable(),
    answeredBy: list(z.string()),
    approvalsNeeded: z.number(),
  })
  .openapi('Judgement');

export const Nature = z.enum(['true-positive', 'benign']).openapi('Nature');
export const Opinion = z
  .object({ nature: Nature, confidence: z.number().int().openapi({ description: 'Whole per cent, 50 to 99.' }) })
  .openapi('Opinion', { description: 'What somebody takes a finding for, and how surely.' });

const Advice = z
  .object({ answer: z.enum(['approve', 'deny']), because: z.string(), opinion: orNull(Opinion) })
  .openapi('Advice', { description: 'What is recommended.' });

const EvidenceHashes = z
  .object({
    finding: id,
    revision: z.string(),
    document: z.string().nullable(),
    context: z.string().nullable(),
    decision: z.string().nullable(),
  })
  .openapi('EvidenceHashes', { description: 'SHA-256 of the stored documents that a part of a question rests on.' });

const SimilarCase = z
  .object({
    id,
    question: z.string(),
    account: z.string(),
    answer: z.enum(['approved', 'denied', 'judged']),
    answeredAt: time,
    outcome: orNull(Nature),
  })
  .openapi('SimilarCase', { description: 'An earlier case, how it was answered, and how it turned out.' });

export const Reveal = z
  .object({ kind: z.enum(['drill', 'repeat', 'sample']), truth: orNull(Nature), before: orNull(Opinion), says: z.string() })
  .openapi('Reveal', { description: 'What an exercise was, told after the answer.' });

const AboutRow = z
  .object({
    name: z.enum(['owner', 'made by', 'changed by', 'reaches', 'data', 'exposed', 'attacked']),
    says: z.string(),
    level: z.number().nullable(),
    facts: list(z.object({ says: z.string(), from: z.string().openapi({ description: 'Where it is known from.' }) })),
    more: z.number(),
    unknown: list(z.string()).openapi({ description: 'What could not be looked at.' }),
  })
  .openapi('AboutRow', { description: 'What is known of a finding in one respect; "unknown" where nobody found it out.' });

export const JudgementView = z
  .object({
    judgement: Judgement,
    finding: orNull(Finding),
    guardrails: list(Guardrail),
    titles: list(z.string()),
    about: list(AboutRow),
    evidence: list(EvidenceHashes),
    waiting: z.object({ within: z.enum(['minutes', 'hours', 'days']), says: z.string() }),
    cases: list(SimilarCase),
    intruder: z.boolean().openapi({ description: 'An intruder is active: the advice is there at once.' }),
    opinion: orNull(Opinion).openapi({ description: 'That of the person who is signed in.' }),
    advice: orNull(Advice).openapi({ description: 'Null until the person who is signed in has an opinion.' }),
  })
  .openapi('JudgementView');

const Action = z
  .object({
    id,
    tenant: z.string(),
    finding: id,
    revision: z.string(),
    playbook: z.string(),
    playbookVersion: z.number(),
    target: Target,
    state: ActionState,
    by: z.string(),
    plannedAt: time,
    finishedAt: time.nullable(),
    reason: z.string(),
  })
  .openapi('Action');

const actionView = {
  action: Action,
  title: z.string(),
  alone: z.boolean(),
  message: z.string().nullable(),
  severity: orNull(Severity),
  actor: z.object({ name: z.string(), type: z.string(), uid: z.string() }).nullable(),
  eventAt: time.nullable(),
  containedAfter: z
    .number()
    .nullable()
    .openapi({ description: 'Milliseconds from the last event in evidence until the action was verified.' }),
};
export const ActionView = z.object(actionView).openapi('ActionView');

const Receipt = z
  .object({
    format: z.literal('jobzero.receipt/1'),
    action: id,
    step: z.number(),
    name: z.string(),
    call: Call,
    before: z.unknown(),
    output: z.unknown(),
    left: z.unknown(),
    verified: z.boolean(),
    undo: z.union([list(Call), z.literal('irreversible')]),
    read: Call,
    alreadySo: z.boolean(),
  })
  .openapi('Receipt');

const StepView = z
  .object({
    index: z.number(),
    name: z.string(),
    action: z.string(),
    on: list(z.string()),
    verifies: z.string(),
    withinSeconds: z.number().nullable(),
    receipt: orNull(Receipt),
  })
  .openapi('StepView');

const Difference = z
  .object({ step: z.number(), name: z.string(), before: z.unknown(), left: z.unknown(), live: z.unknown() })
  .openapi('Difference');

const UndoView = z
  .object({
    can: z.boolean(),
    says: z.string(),
    calls: list(Call),
    requested: z.object({ at: time, overwrite: z.boolean(), persons: list(z.string()) }).nullable(),
    needed: z.number().openapi({ description: 'How many persons must ask before it starts.' }),
    difference: list(Difference),
  })
  .openapi('UndoView');

export const ActionDetail = z
  .object({
    ...actionView,
    blastRadius: z.string().nullable(),
    inverse: z.string().nullable(),
    unread: z.string().nullable(),
    steps: list(StepView),
    undo: UndoView,
  })
  .openapi('ActionDetail');

export const Stop = z.object({ by: z.string(), reason: z.string(), at: time }).openapi('Stop');

export const Status = z
  .object({
    automation: z.enum(['working', 'stopped']),
    stop: orNull(Stop),
    found: z.number(),
    open: z.number(),
    incidents: z.object({ open: z.number(), paging: z.number() }),
    containedAlone: z.number(),
    containedApproved: z.number(),
    waiting: z.number(),
    running: z.number(),
    dryRuns: z.number(),
    troubled: z.number(),
    countedUpTo: z.number(),
  })
  .openapi('Status');

export const Overview = z.object({ status: Status, judgement: orNull(JudgementView), timeline: list(ActionView) }).openapi('Overview');

const FindingRow = z.object({ finding: Finding, state: FindingState, updatedAt: time }).openapi('FindingRow');
export const FindingPage = z.object({ items: list(FindingRow), next: z.string().nullable() }).openapi('FindingPage');

const Named = z.object({ uid: z.string(), name: z.string(), type: z.string() }).openapi('Named');

const TimelineEntry = z
  .object({
    rule: z.string(),
    title: z.string(),
    time,
    until: time,
    severity: Severity,
    tactics: list(z.string()),
    techniques: list(z.string()),
    what: z.string(),
    account: z.string(),
    finding: id,
    events: list(z.string()),
    moreEvents: z.boolean(),
  })
  .openapi('TimelineEntry');

const Incident = z
  .object({
    format: z.literal('jobzero.incident/1'),
    tenant: z.string(),
    id,
    revision: z.string(),
    title: z.string(),
    severity: Severity,
    pages: z.boolean(),
    why: list(z.string()),
    sequences: list(z.string()),
    tactics: list(z.string()),
    techniques: list(z.string()),
    members: list(z.object({ finding: id, revision: z.string() })),
    actors: list(Named),
    accounts: list(z.string()),
    resources: list(Named),
    timeline: list(TimelineEntry),
    left: z.object({ members: z.number(), actors: z.number(), accounts: z.number(), resources: z.number(), timeline: z.number() }),
    firstTime: time,
    lastTime: time,
  })
  .openapi('Incident');

const IncidentRow = z.object({ incident: Incident, isOpen: z.boolean(), updatedAt: time }).openapi('IncidentRow');
export const IncidentPage = z.object({ items: list(IncidentRow), next: z.string().nullable() }).openapi('IncidentPage');
export const IncidentDetail = z.object({ incident: Incident, isOpen: z.boolean(), actions: list(ActionView) }).openapi('IncidentDetail');

const Station = z
  .object({
    name: z.enum(['event', 'setting', 'finding', 'decision', 'judgement', 'action', 'verified', 'ledger']),
    state: z.enum(['done', 'now', 'ahead', 'trouble', 'skipped']),
    at: time.nullable(),
    says: z.string(),
  })
  .openapi('Station');

const PossibleAction = z.object({ id, option: ProposedAction, title: z.string(), asks: z.string().nullable() }).openapi('PossibleAction');

const DecisionView = z
  .object({ id, at: time, engine: z.string(), decisionHash: z.string(), decision: Decision, guardrails: list(Guardrail) })
  .openapi('DecisionView');

const LifeEvent = z
  .object({
    event: z.enum(['raised', 'superseded', 'retracted', 'acknowledged', 'suppressed', 'resolved', 'reopened']),
    at: time,
    by: z.string(),
    note: z.string(),
    revision: z.string(),
  })
  .openapi('LifeEvent');

const ToldBy = z
  .object({
    finding: id,
    source: z.string(),
    type: z.string(),
    severity: Severity,
    state: FindingState,
    fails: z.boolean(),
    at: time,
    url: z.string(),
  })
  .openapi('ToldBy');

export const FindingDetail = z
  .object({
    finding: Finding,
    state: FindingState,
    updatedAt: time,
    life: list(LifeEvent),
    decisions: list(DecisionView),
    judgement: orNull(JudgementView),
    actions: list(ActionView),
    possible: list(PossibleAction),
    alsoDone: list(FindingRow),
    incident: z.object({ id, title: z.string(), pages: z.boolean() }).nullable(),
    told: list(ToldBy),
    ledBy: id.nullable(),
    disagreement: z.string().nullable(),
    about: list(AboutRow),
    way: list(Station),
  })
  .openapi('FindingDetail');

export const Checkpoint = z.object({ origin: z.string(), size: z.number(), root: z.string(), note: z.string() }).openapi('Checkpoint');

const LedgerFault = z
  .object({
    fault: z.enum([
      'leaf-changed',
      'leaf-missing',
      'root-differs',
      'bad-signature',
      'unknown-key',
      'truncated',
      'inconsistent-with-outside',
    ]),
    index: z.number().optional(),
    size: z.number().optional(),
    expected: z.number().optional(),
  })
  .openapi('LedgerFault');

export const LedgerReport = z
  .object({
    ok: z.boolean(),
    size: z.number(),
    root: z.string(),
    waiting: z.number(),
    basis: z.enum(['inside-only', 'outside-checkpoint']),
    outsideSize: z.number().nullable(),
    faults: list(LedgerFault),
  })
  .openapi('LedgerReport');

export const LeafView = z
  .object({ index: z.number(), type: z.string(), subject: z.string(), at: time.nullable(), bytes: z.string() })
  .openapi('LeafView');

export const Armed = z
  .object({
    playbook: z.string(),
    account: z.string(),
    armed: z.boolean(),
    signedBy: z.string(),
    shadowDays: z.number(),
    at: time,
  })
  .openapi('Armed');

export const DoctorReport = z
  .object({
    format: z.literal('jobzero.doctor/1'),
    at: time,
    checks: list(
      z.object({
        id: z.string(),
        state: z.enum(['good', 'warning', 'bad', 'unknown', 'not-needed']),
        for: z.literal('playbooks').optional(),
        says: z.string(),
        fix: z.string(),
      }),
    ),
  })
  .openapi('DoctorReport');

export const ShadowView = z
  .object({
    playbook: z.string(),
    account: z.string(),
    armed: z.boolean(),
    would: list(
      z.object({
        action: z.string(),
        at: time,
        account: z.string(),
        finding: z.string(),
        revision: z.string(),
        version: z.number(),
        blastRadius: z.string(),
      }),
    ),
    missing: list(z.string()),
    signature: orNull(z.object({ list: z.string(), by: z.string(), at: time })),
    watchedDays: z.number().nullable(),
    shadowDays: z.number(),
    actions: z.number(),
    list: z.string(),
  })
  .openapi('ShadowView');

export const PlaybookView = z
  .object({ id: z.string(), title: z.string(), why: z.string(), approval: z.enum(['none', 'one-person', 'two-persons']) })
  .openapi('PlaybookView');

export const Settings = z.object({ stop: orNull(Stop), armed: list(Armed), playbooks: list(PlaybookView) }).openapi('Settings');

export const Session = z
  .object({
    who: z.string(),
    scope: z.enum(['all', 'own']).openapi({ description: '`own`: only what this person is asked, and may mend of their own.' }),
    expiresAt: time,
  })
  .openapi('Session');
export const PasskeyView = z
  .object({ id, who: z.string(), name: z.string(), site: z.string(), registeredAt: time, usedAt: orNull(time) })
  .openapi('PasskeyView');

export const QuestionView = z
  .object({
    id,
    state: z.enum(['waiting', 'answered', 'me', 'not-me', 'silent']),
    revision: z.string(),
    until: orNull(time),
    finding: z.object({
      id,
      severity: Severity,
      message: z.string(),
      account: z.string(),
      region: z.string(),
      firstTime: time,
      lastTime: time,
      evidence: list(Evidence),
      title: z.string(),
      actor: z.string(),
    }),
    more: list(z.object({ id, message: z.string() })),
    as: z.enum(['actor', 'owner']),
    saidBy: orNull(z.string()),
    saidIn: z.string().nullable(),
    afterYes: z.enum(['over', 'owner', 'engineer']),
    afterSilence: z.enum(['engineer', 'contain']),
    starts: list(z.object({ title: z.string(), uid: z.string(), blastRadius: z.string(), inverse: z.string() })),
  })
  .openapi('QuestionView');

export const FixView = z
  .object({
    id,
    person: z.string(),
    state: z.enum(['told', 'reminded', 'overdue', 'escalated', 'mended']),
    since: time,
    finding: z.object({
      id,
      revision: z.string(),
      severity: Severity,
      message: z.string(),
      account: z.string(),
      region: z.string(),
      kind: z.enum(findingKinds),
      lastTime: time,
      title: z.string(),
      description: z.string(),
      state: FindingState,
    }),
    fixes: list(z.object({ id, title: z.string(), option: ProposedAction, steps: list(z.string()) })),
    actions: list(z.object({ id, title: z.string(), state: ActionState, reason: z.string() })),
  })
  .openapi('FixView');

const stepUp = z.object({ action: z.enum(stepUpActions), subject: z.string() });
export const Problem = z
  .object({
    error: z.string().openapi({ description: 'A stable code.' }),
    message: z.string(),
    stepUp: stepUp.optional().openapi({ description: 'With `step-up`: what a passkey has to sign first.' }),
  })
  .openapi('Problem');
