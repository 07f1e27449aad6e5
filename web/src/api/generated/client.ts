// Generated from docs/reference/openapi.json by tools/gen-client.ts. Do not edit.
import { request } from '../request.ts';

/** @public */
export type Session = { readonly who: string; readonly scope: "all" | "own"; readonly expiresAt: number };

/** @public */
export type Problem = { readonly error: string; readonly message: string; readonly stepUp?: { readonly action: "answer-question" | "approve" | "start" | "undo" | "arm" | "release-stop" | "adopt" | "fix" | "add-passkey" | "remove-passkey"; readonly subject: string } | undefined };

/** @public */
export type Status = { readonly automation: "working" | "stopped"; readonly stop: Stop | null; readonly found: number; readonly open: number; readonly incidents: { readonly open: number; readonly paging: number }; readonly containedAlone: number; readonly containedApproved: number; readonly waiting: number; readonly running: number; readonly dryRuns: number; readonly troubled: number; readonly countedUpTo: number };

/** @public */
export type Stop = { readonly by: string; readonly reason: string; readonly at: number };

/** @public */
export type Overview = { readonly status: Status; readonly judgement: JudgementView | null; readonly timeline: readonly (ActionView)[] };

/** @public */
export type JudgementView = { readonly judgement: Judgement; readonly finding: Finding | null; readonly guardrails: readonly (Guardrail)[]; readonly titles: readonly (string)[]; readonly about: readonly (AboutRow)[]; readonly evidence: readonly (EvidenceHashes)[]; readonly waiting: { readonly within: "minutes" | "hours" | "days"; readonly says: string }; readonly cases: readonly (SimilarCase)[]; readonly intruder: boolean; readonly opinion: Opinion | null; readonly advice: Advice | null };

/** @public */
export type Judgement = { readonly id: string; readonly tenant: string; readonly finding: string; readonly revision: string; readonly incident?: string | null | undefined; readonly parts?: readonly (JudgementPart)[] | undefined; readonly question: string; readonly options: readonly (ProposedAction)[]; readonly guardrails: readonly (string)[]; readonly state: JudgementState; readonly askedAt: number; readonly answeredAt: number | null; readonly answeredBy: readonly (string)[]; readonly approvalsNeeded: number };

/** @public */
export type JudgementPart = { readonly finding: string; readonly revision: string; readonly question: string; readonly options: readonly (ProposedAction)[]; readonly guardrails: readonly (string)[] };

/** @public */
export type ProposedAction = { readonly playbook: string; readonly version: number; readonly target: Target; readonly blastRadius: string; readonly inverse: string; readonly approvals: 0 | 1 | 2; readonly mode: "live" | "dry-run" };

/** @public */
export type Target = { readonly account: string; readonly region: string; readonly uid: string; readonly params: { readonly [key: string]: unknown } };

/** @public */
export type JudgementState = "waiting" | "approved" | "denied" | "withdrawn";

/** @public */
export type Finding = { readonly format: "jobzero.finding/1"; readonly tenant: string; readonly id: string; readonly revision: string; readonly kind: "detection" | "compliance" | "vulnerability" | "data-security"; readonly rule: RuleRef; readonly severity: Severity; readonly group: { readonly [key: string]: unknown }; readonly bucket: number; readonly account: string; readonly region: string; readonly actor?: Actor | undefined; readonly baseline?: Baseline | undefined; readonly resources: readonly (ResourceRef)[]; readonly firstTime: number; readonly lastTime: number; readonly count: { readonly n: number; readonly atLeast: boolean }; readonly measured?: Measured | undefined; readonly travel?: Travel | undefined; readonly volume?: Volume | undefined; readonly evidence: readonly (Evidence)[]; readonly message: string; readonly imported?: Imported | undefined };

/** @public */
export type RuleRef = { readonly id: string; readonly major: number; readonly title: string; readonly description: string; readonly techniques: readonly (string)[]; readonly tactics: readonly (string)[] };

/** @public */
export type Severity = "Informational" | "Low" | "Medium" | "High" | "Critical";

/** @public */
export type Actor = { readonly type: string; readonly uid: string; readonly name: string; readonly principalId?: string | undefined; readonly issuer?: string | undefined; readonly accessKeyId?: string | undefined; readonly account?: string | undefined };

/** @public */
export type Baseline = { readonly days: number; readonly atLeast: boolean; readonly known: number; readonly since: number; readonly usual: readonly ({ readonly days: number; readonly value: string })[] };

/** @public */
export type ResourceRef = { readonly uid: string; readonly type: string; readonly name: string; readonly account: string; readonly region: string };

/** @public */
export type Measured = { readonly what: "sum" | "average" | "median" | "percentile"; readonly value: number; readonly quality: "exact" | "at least" | "approximately" };

/** @public */
export type Travel = { readonly from: string; readonly to: string; readonly fromTime: number; readonly toTime: number; readonly distance: number; readonly speed: number | null };

/** @public */
export type Volume = { readonly what: "events" | "values"; readonly value: number; readonly quality: "exact" | "approximately"; readonly days: number; readonly since: number; readonly most: number; readonly mostQuality: "exact" | "approximately"; readonly error: number };

/** @public */
export type Evidence = { readonly key: string; readonly id: string; readonly time: number; readonly rule: string; readonly operation: string; readonly service: string; readonly account: string; readonly region: string; readonly ip?: string | undefined; readonly userAgent?: string | undefined; readonly error?: string | undefined; readonly dataEvent?: true | undefined; readonly actor?: Actor | undefined; readonly resource?: ResourceRef | undefined; readonly kept?: { readonly [key: string]: unknown } | undefined };

/** @public */
export type Imported = { readonly source: "guardduty" | "security-hub" | "inspector" | "macie" | "access-analyzer" | "config" | "health"; readonly form: "own" | "asff" | "ocsf"; readonly uid: string; readonly type: string; readonly severity: string; readonly state: "active" | "archived" | "suppressed" | "resolved"; readonly sample?: true | undefined; readonly updatedAt: number; readonly url: string; readonly refs: readonly ({ readonly form: "own" | "asff" | "ocsf"; readonly ref: { readonly account: string; readonly region: string; readonly names: { readonly [key: string]: unknown } } })[]; readonly trusted: boolean; readonly answers: readonly (string)[]; readonly newer?: number | undefined };

/** @public */
export type Guardrail = { readonly code: string; readonly words: string };

/** @public */
export type AboutRow = { readonly name: "owner" | "made by" | "changed by" | "reaches" | "data" | "exposed" | "attacked"; readonly says: string; readonly level: number | null; readonly facts: readonly ({ readonly says: string; readonly from: string })[]; readonly more: number; readonly unknown: readonly (string)[] };

/** @public */
export type EvidenceHashes = { readonly finding: string; readonly revision: string; readonly document: string | null; readonly context: string | null; readonly decision: string | null };

/** @public */
export type SimilarCase = { readonly id: string; readonly question: string; readonly account: string; readonly answer: "approved" | "denied" | "judged"; readonly answeredAt: number; readonly outcome: Nature | null };

/** @public */
export type Nature = "true-positive" | "benign";

/** @public */
export type Opinion = { readonly nature: Nature; readonly confidence: number };

/** @public */
export type Advice = { readonly answer: "approve" | "deny"; readonly because: string; readonly opinion: Opinion | null };

/** @public */
export type ActionView = { readonly action: Action; readonly title: string; readonly alone: boolean; readonly message: string | null; readonly severity: Severity | null; readonly actor: { readonly name: string; readonly type: string; readonly uid: string } | null; readonly eventAt: number | null; readonly containedAfter: number | null };

/** @public */
export type Action = { readonly id: string; readonly tenant: string; readonly finding: string; readonly revision: string; readonly playbook: string; readonly playbookVersion: number; readonly target: Target; readonly state: ActionState; readonly by: string; readonly plannedAt: number; readonly finishedAt: number | null; readonly reason: string };

/** @public */
export type ActionState = "planned" | "running" | "verified" | "unverified" | "failed" | "refused" | "dry-run" | "undoing" | "undone" | "undo-asks" | "undo-failed";

/** @public */
export type FindingPage = { readonly items: readonly (FindingRow)[]; readonly next: string | null };

/** @public */
export type FindingRow = { readonly finding: Finding; readonly state: FindingState; readonly updatedAt: number };

/** @public */
export type FindingState = "open" | "acknowledged" | "suppressed" | "resolved" | "retracted";

/** @public */
export type FindingDetail = { readonly finding: Finding; readonly state: FindingState; readonly updatedAt: number; readonly life: readonly (LifeEvent)[]; readonly decisions: readonly (DecisionView)[]; readonly judgement: JudgementView | null; readonly actions: readonly (ActionView)[]; readonly possible: readonly (PossibleAction)[]; readonly alsoDone: readonly (FindingRow)[]; readonly incident: { readonly id: string; readonly title: string; readonly pages: boolean } | null; readonly told: readonly (ToldBy)[]; readonly ledBy: string | null; readonly disagreement: string | null; readonly about: readonly (AboutRow)[]; readonly way: readonly (Station)[] };

/** @public */
export type LifeEvent = { readonly event: "raised" | "superseded" | "retracted" | "acknowledged" | "suppressed" | "resolved" | "reopened"; readonly at: number; readonly by: string; readonly note: string; readonly revision: string };

/** @public */
export type DecisionView = { readonly id: string; readonly at: number; readonly engine: string; readonly decisionHash: string; readonly decision: Decision; readonly guardrails: readonly (Guardrail)[] };

/** @public */
export type Decision = { readonly format: "jobzero.decision/1"; readonly finding: string; readonly revision: string; readonly verdict: "act" | "ask" | "watch" | "close"; readonly guardrails: readonly (string)[]; readonly reason: string; readonly actions: readonly (ProposedAction)[]; readonly risk: number; readonly likelihood?: number | undefined; readonly impact?: number | undefined; readonly first?: { readonly person: string; readonly minutes: number } | undefined };

/** @public */
export type PossibleAction = { readonly id: string; readonly option: ProposedAction; readonly title: string; readonly asks: string | null };

/** @public */
export type ToldBy = { readonly finding: string; readonly source: string; readonly type: string; readonly severity: Severity; readonly state: FindingState; readonly fails: boolean; readonly at: number; readonly url: string };

/** @public */
export type Station = { readonly name: "event" | "setting" | "finding" | "decision" | "judgement" | "action" | "verified" | "ledger"; readonly state: "done" | "now" | "ahead" | "trouble" | "skipped"; readonly at: number | null; readonly says: string };

/** @public */
export type IncidentPage = { readonly items: readonly (IncidentRow)[]; readonly next: string | null };

/** @public */
export type IncidentRow = { readonly incident: Incident; readonly isOpen: boolean; readonly updatedAt: number };

/** @public */
export type Incident = { readonly format: "jobzero.incident/1"; readonly tenant: string; readonly id: string; readonly revision: string; readonly title: string; readonly severity: Severity; readonly pages: boolean; readonly why: readonly (string)[]; readonly sequences: readonly (string)[]; readonly tactics: readonly (string)[]; readonly techniques: readonly (string)[]; readonly members: readonly ({ readonly finding: string; readonly revision: string })[]; readonly actors: readonly (Named)[]; readonly accounts: readonly (string)[]; readonly resources: readonly (Named)[]; readonly timeline: readonly (TimelineEntry)[]; readonly left: { readonly members: number; readonly actors: number; readonly accounts: number; readonly resources: number; readonly timeline: number }; readonly firstTime: number; readonly lastTime: number };

/** @public */
export type Named = { readonly uid: string; readonly name: string; readonly type: string };

/** @public */
export type TimelineEntry = { readonly rule: string; readonly title: string; readonly time: number; readonly until: number; readonly severity: Severity; readonly tactics: readonly (string)[]; readonly techniques: readonly (string)[]; readonly what: string; readonly account: string; readonly finding: string; readonly events: readonly (string)[]; readonly moreEvents: boolean };

/** @public */
export type IncidentDetail = { readonly incident: Incident; readonly isOpen: boolean; readonly actions: readonly (ActionView)[] };

/** @public */
export type ActionDetail = { readonly action: Action; readonly title: string; readonly alone: boolean; readonly message: string | null; readonly severity: Severity | null; readonly actor: { readonly name: string; readonly type: string; readonly uid: string } | null; readonly eventAt: number | null; readonly containedAfter: number | null; readonly blastRadius: string | null; readonly inverse: string | null; readonly unread: string | null; readonly steps: readonly (StepView)[]; readonly undo: UndoView };

/** @public */
export type StepView = { readonly index: number; readonly name: string; readonly action: string; readonly on: readonly (string)[]; readonly verifies: string; readonly withinSeconds: number | null; readonly receipt: Receipt | null };

/** @public */
export type Receipt = { readonly format: "jobzero.receipt/1"; readonly action: string; readonly step: number; readonly name: string; readonly call: Call; readonly before?: unknown | undefined; readonly output?: unknown | undefined; readonly left?: unknown | undefined; readonly verified: boolean; readonly undo: readonly (Call)[] | "irreversible"; readonly read: Call; readonly alreadySo: boolean };

/** @public */
export type Call = { readonly action: string; readonly input: { readonly [key: string]: unknown } };

/** @public */
export type UndoView = { readonly can: boolean; readonly says: string; readonly calls: readonly (Call)[]; readonly requested: { readonly at: number; readonly overwrite: boolean; readonly persons: readonly (string)[] } | null; readonly needed: number; readonly difference: readonly (Difference)[] };

/** @public */
export type Difference = { readonly step: number; readonly name: string; readonly before?: unknown | undefined; readonly left?: unknown | undefined; readonly live?: unknown | undefined };

/** @public */
export type DoctorReport = { readonly format: "jobzero.doctor/1"; readonly at: number; readonly checks: readonly ({ readonly id: string; readonly state: "good" | "warning" | "bad" | "unknown" | "not-needed"; readonly for?: "playbooks" | undefined; readonly says: string; readonly fix: string })[] };

/** @public */
export type ShadowView = { readonly playbook: string; readonly account: string; readonly armed: boolean; readonly would: readonly ({ readonly action: string; readonly at: number; readonly account: string; readonly finding: string; readonly revision: string; readonly version: number; readonly blastRadius: string })[]; readonly missing: readonly (string)[]; readonly signature: { readonly list: string; readonly by: string; readonly at: number } | null; readonly watchedDays: number | null; readonly shadowDays: number; readonly actions: number; readonly list: string };

/** @public */
export type Settings = { readonly stop: Stop | null; readonly armed: readonly (Armed)[]; readonly playbooks: readonly (PlaybookView)[] };

/** @public */
export type Armed = { readonly playbook: string; readonly account: string; readonly armed: boolean; readonly signedBy: string; readonly shadowDays: number; readonly at: number };

/** @public */
export type PlaybookView = { readonly id: string; readonly title: string; readonly why: string; readonly approval: "none" | "one-person" | "two-persons" };

/** @public */
export type DeclaredRow = { readonly incident: DeclaredIncident; readonly nextEnd: number | null; readonly openTasks: number };

/** @public */
export type DeclaredIncident = { readonly format: "jobzero.declared-incident/1"; readonly id: string; readonly state: "proposed" | "open" | "closed" | "dismissed" | "lapsed"; readonly title: string; readonly severity: Severity; readonly incidents: readonly (string)[]; readonly commander: string | null; readonly responders: readonly (Responder)[]; readonly objectives: readonly (Objective)[]; readonly tasks: readonly (Task)[]; readonly duties: readonly ({ readonly obligation: Obligation; readonly moments: { readonly [key: string]: unknown }; readonly clocks: readonly ({ readonly id: string; readonly duty: string; readonly end: number | null; readonly from: number | null; readonly keeper: string | null; readonly met: { readonly at: number; readonly by: string; readonly note: string; readonly time: number } | null; readonly waived: Said | null })[] })[]; readonly contained: Said | null; readonly lessons: readonly ({ readonly id: string; readonly text: string; readonly by: string; readonly tickets: readonly (Address)[] })[]; readonly declaredAt: number | null; readonly closed: { readonly at: number; readonly by: string; readonly note: string; readonly of: number } | null; readonly version: number; readonly lastAt: number };

/** @public */
export type Responder = { readonly person: string; readonly joinedAt: number; readonly leftAt: number | null };

/** @public */
export type Objective = { readonly id: string; readonly text: string; readonly state: "open" | "reached" | "given-up"; readonly ended: Said | null };

/** @public */
export type Said = { readonly at: number; readonly by: string; readonly note: string };

/** @public */
export type Task = { readonly id: string; readonly text: string; readonly draft: string | null; readonly path: string | null; readonly state: "open" | "done" | "dropped"; readonly claimer: string | null; readonly ended: Said | null };

/** @public */
export type Obligation = { readonly id: string; readonly title: string; readonly binds: string; readonly source: { readonly cites: string; readonly url: string }; readonly runs: string; readonly care: string; readonly duties: readonly ({ readonly id: string; readonly what: string; readonly to: string; readonly says: string; readonly ends: readonly ({ readonly from: string; readonly within: { readonly n: number; readonly unit: "hours" | "days" | "months" | "business-days" }; readonly unless: "aware" | "discovered" | "classified" | "determined" | null })[] })[]; readonly calendar: { readonly name: string; readonly zone: string; readonly closes: number; readonly weekend: readonly (number)[]; readonly holidays: readonly ({ readonly month: number; readonly day: number } | { readonly month: number; readonly nth: number; readonly weekday: number })[]; readonly observed: boolean } | null };

/** @public */
export type Address = { readonly channel: string; readonly to: string };

/** @public */
export type DeclaredView = { readonly incident: DeclaredIncident; readonly about: readonly ({ readonly id: string; readonly title: string; readonly severity: Severity; readonly isOpen: boolean })[]; readonly conditions: readonly (Condition)[]; readonly clocks: readonly (ClockView)[]; readonly log: readonly (LogEntry)[]; readonly lines: readonly (ChronicleLine)[]; readonly drafts: readonly (DraftedTask)[]; readonly channels: readonly ({ readonly name: string; readonly kind: string; readonly to: string })[] };

/** @public */
export type Condition = { readonly id: "contained" | "findings" | "actions" | "objectives" | "tasks" | "clocks"; readonly met: boolean; readonly says: string };

/** @public */
export type ClockView = { readonly id: string; readonly duty: string; readonly end: number | null; readonly from: number | null; readonly keeper: string | null; readonly met: { readonly at: number; readonly by: string; readonly note: string; readonly time: number } | null; readonly waived: Said | null; readonly title: string; readonly to: string; readonly says: string; readonly state: "running" | "over" | "waiting" | "met" | "met-late" | "waived"; readonly source: { readonly cites: string; readonly url: string }; readonly runs: string; readonly care: string };

/** @public */
export type LogEntry = { readonly n: number; readonly at: number; readonly by: string; readonly type: string; readonly says: string; readonly sent: readonly ({ readonly channel: string; readonly to: string; readonly state: string })[] };

/** @public */
export type ChronicleLine = { readonly at: number; readonly who: "evidence" | "automation" | "person"; readonly by: string; readonly what: string; readonly path: string | null; readonly evidence: readonly (string)[]; readonly subject: string | null; readonly n: number | null };

/** @public */
export type DraftedTask = { readonly draft: string; readonly text: string; readonly path: string | null; readonly because: string };

/** @public */
export type IncidentWish = { readonly do: "dismiss"; readonly note: string } | { readonly do: "join" | "leave" } | { readonly do: "hand-over"; readonly to: string; readonly note: string } | { readonly do: "attach" | "detach"; readonly incident: string; readonly note: string } | { readonly do: "aim"; readonly text: string } | { readonly do: "reach" | "give-up"; readonly objective: string; readonly note: string } | { readonly do: "add-task"; readonly text: string; readonly draft: string | null; readonly path: string | null } | { readonly do: "claim" | "release"; readonly task: string } | { readonly do: "finish" | "drop"; readonly task: string; readonly note: string } | { readonly do: "say"; readonly text: string } | { readonly do: "tell"; readonly audience: string; readonly text: string; readonly means: string; readonly addresses: readonly ({ readonly channel: string; readonly to: string })[] } | { readonly do: "start-clocks"; readonly obligation: string | null; readonly contract: { readonly name: string; readonly to: string; readonly hours: number } | null; readonly moments: { readonly [key: string]: unknown } } | { readonly do: "set-moment"; readonly obligation: string; readonly moment: string; readonly time: number } | { readonly do: "meet"; readonly clock: string; readonly time: number | null; readonly note: string } | { readonly do: "waive"; readonly clock: string; readonly note: string } | { readonly do: "keep"; readonly clock: string; readonly keeper: string } | { readonly do: "contain" | "uncontain"; readonly note: string } | { readonly do: "learn"; readonly text: string; readonly addresses: readonly ({ readonly channel: string; readonly to: string })[] } | { readonly do: "close"; readonly note: string; readonly of: number };

/** @public */
export type Reveal = { readonly kind: "drill" | "repeat" | "sample"; readonly truth: Nature | null; readonly before: Opinion | null; readonly says: string };

/** @public */
export type CaseView = { readonly id: string; readonly finding: string; readonly rule: string; readonly account: string; readonly question: string; readonly answer: "approved" | "denied" | "judged"; readonly answeredAt: number; readonly outcome: Outcome | null; readonly own: boolean };

/** @public */
export type Outcome = { readonly nature: Nature; readonly source: "review" | "undo-review" | "retracted" | "incident" | "known"; readonly by: string; readonly at: number };

/** @public */
export type Scores = { readonly own: PersonScore; readonly others: readonly (PersonScore)[]; readonly recommendation: Score };

/** @public */
export type PersonScore = { readonly person: string; readonly shared: boolean; readonly score: Score; readonly open: number; readonly afterAdvice: number; readonly drills: Score; readonly repeats: { readonly n: number; readonly same: number; readonly apart: number }; readonly against: { readonly person: number; readonly recommendation: number }; readonly months: readonly ({ readonly month: string; readonly n: number; readonly squares: number })[] };

/** @public */
export type Score = { readonly n: number; readonly squares: number; readonly right: number; readonly bins: readonly (CalibrationBin)[] };

/** @public */
export type CalibrationBin = { readonly from: number; readonly to: number; readonly n: number; readonly sure: number; readonly right: number; readonly low: number; readonly high: number };

/** @public */
export type ProposalView = { readonly id: string; readonly state: "new" | "testing" | "proposed" | "adopted" | "rejected" | "lapsed" | "revoked"; readonly own: boolean; readonly says: readonly (string)[]; readonly case: string; readonly question: string; readonly nature: Nature; readonly by: readonly (string)[]; readonly changes: readonly (ProposedChange)[]; readonly actors: readonly (string)[]; readonly proposedAt: number; readonly reviewFrom: number; readonly backtest: ProposalBacktest | null; readonly reviews: readonly ({ readonly by: string; readonly at: number; readonly verdict: "adopted" | "rejected" | "revoked"; readonly note: string })[]; readonly written?: { readonly text: string; readonly by: string; readonly at: number; readonly narrows: boolean } | undefined; readonly toldAt?: number | undefined };

/** @public */
export type ProposedChange = { readonly kind: "exemption"; readonly exemption: Exemption } | { readonly kind: "grant"; readonly grant: Grant } | { readonly kind: "assignment"; readonly assignment: Assignment } | { readonly kind: "rule" | "playbook"; readonly says: string };

/** @public */
export type Exemption = { readonly rule: string; readonly account?: string | undefined; readonly resource?: string | undefined; readonly actor?: string | undefined; readonly resources?: readonly (string)[] | undefined; readonly owner: string; readonly reason: string; readonly expires: number };

/** @public */
export type Grant = { readonly rule: string; readonly account: string; readonly playbook: string; readonly despite: readonly ("legitimate-use" | "legitimate-use-unknown" | "serves-production" | "tolerance-asks")[]; readonly owner: string; readonly reason: string; readonly expires: number };

/** @public */
export type Assignment = { readonly rule: string; readonly account: string; readonly playbook: string; readonly owner: string; readonly reason: string; readonly expires: number };

/** @public */
export type ProposalBacktest = { readonly at: number; readonly decisions: number; readonly expired: number; readonly closes: number; readonly acts: number; readonly offers?: number | undefined; readonly asks?: number | undefined; readonly tooWide: boolean; readonly attacks: number; readonly findings: readonly (string)[]; readonly rules?: { readonly rules: readonly (string)[]; readonly days: number; readonly events: number; readonly before: number; readonly after: number; readonly lost: number; readonly attacks: number; readonly found: number } | undefined };

/** @public */
export type Candidate = { readonly id: string; readonly title: string; readonly asks: string; readonly blastRadius: string };

/** @public */
export type ToleranceView = { readonly exemptions: readonly ({ readonly rule: string; readonly account?: string | undefined; readonly resource?: string | undefined; readonly actor?: string | undefined; readonly resources?: readonly (string)[] | undefined; readonly owner: string; readonly reason: string; readonly expires: number; readonly proposal: string | null })[]; readonly grants: readonly ({ readonly rule: string; readonly account: string; readonly playbook: string; readonly despite: readonly ("legitimate-use" | "legitimate-use-unknown" | "serves-production" | "tolerance-asks")[]; readonly owner: string; readonly reason: string; readonly expires: number; readonly proposal: string })[]; readonly assignments: readonly ({ readonly rule: string; readonly account: string; readonly playbook: string; readonly owner: string; readonly reason: string; readonly expires: number; readonly proposal: string })[]; readonly changedAt: number | null };

/** @public */
export type TakenExercise = { readonly id: string; readonly question: string; readonly answeredAt: number; readonly opinion: Opinion | null; readonly reveal: Reveal };

/** @public */
export type InvestigationView = { readonly id: string; readonly state: "open" | "closed"; readonly hunch: { readonly kind: "arn" | "key" | "address"; readonly value: string }; readonly says: string; readonly by: string; readonly openedAt: number; readonly opinion: { readonly nature: Nature; readonly confidence: number; readonly by: string; readonly at: number } | null };

/** @public */
export type InvestigationDetail = { readonly id: string; readonly state: "open" | "closed"; readonly hunch: { readonly kind: "arn" | "key" | "address"; readonly value: string }; readonly says: string; readonly by: string; readonly openedAt: number; readonly opinion: { readonly nature: Nature; readonly confidence: number; readonly by: string; readonly at: number } | null; readonly findings: readonly ({ readonly finding: Finding; readonly state: FindingState; readonly verdict: string | null; readonly reason: string | null })[]; readonly looked: { readonly n: number; readonly all: boolean }; readonly actions: readonly (ActionView)[]; readonly queries: readonly ({ readonly question: string; readonly title: string; readonly parameters: { readonly [key: string]: unknown } })[] };

/** @public */
export type AuditReport = { readonly strata: readonly ({ readonly stratum: string; readonly closed: number; readonly judged: number; readonly wrong: number; readonly atMost: number })[]; readonly closed: number; readonly judged: number; readonly wrong: number; readonly atMost: number; readonly waiting: number; readonly findings: readonly (string)[] };

/** @public */
export type CoverageRow = { readonly account: string; readonly source: "guardduty" | "security-hub" | "inspector" | "macie" | "access-analyzer" | "config" | "health"; readonly seen: number; readonly onlyTheirs: number; readonly both: number; readonly onlyOurs: number; readonly onlyTheirTypes: readonly ({ readonly type: string; readonly n: number; readonly example: string })[]; readonly readAt: number | null; readonly unread: readonly (string)[] };

/** @public */
export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: string; readonly note: string };

/** @public */
export type LeafView = { readonly index: number; readonly type: string; readonly subject: string; readonly at: number | null; readonly bytes: string };

/** @public */
export type LedgerReport = { readonly ok: boolean; readonly size: number; readonly root: string; readonly waiting: number; readonly basis: "inside-only" | "outside-checkpoint"; readonly outsideSize: number | null; readonly faults: readonly (LedgerFault)[] };

/** @public */
export type LedgerFault = { readonly fault: "leaf-changed" | "leaf-missing" | "root-differs" | "bad-signature" | "unknown-key" | "truncated" | "inconsistent-with-outside"; readonly index?: number | undefined; readonly size?: number | undefined; readonly expected?: number | undefined };

/** @public */
export type Duty = { readonly now: Moment; readonly isSet: boolean; readonly zone: string; readonly turns: readonly ({ readonly from: Moment; readonly until: Moment; readonly person: string; readonly by: string | null })[]; readonly backup: readonly (string)[]; readonly everyone: readonly (string)[]; readonly quietUntil: Moment | null; readonly shift: { readonly from: Moment; readonly until: Moment }; readonly budget: number; readonly load: { readonly judgements: number; readonly beyond: number; readonly apart: number }; readonly overrides: readonly (OverrideView)[]; readonly zones: string };

/** @public */
export type Moment = { readonly at: number; readonly local: string };

/** @public */
export type OverrideView = { readonly from: Moment; readonly until: Moment; readonly id: string; readonly person: string; readonly reason: string };

/** @public */
export type QueueEntry = { readonly kind: "automation" | "judgement" | "incident"; readonly id: string; readonly severity: Severity; readonly title: string; readonly reason: string; readonly fix: string | null; readonly path: string; readonly since: number; readonly page: PageView | null };

/** @public */
export type PageView = { readonly id: string; readonly state: "held" | "quiet" | "calling" | "acknowledged" | "closed"; readonly begins: number | null; readonly by: string | null };

/** @public */
export type HealthOverview = { readonly at: number; readonly accounts: readonly ({ readonly account: string; readonly counts: { readonly working: number; readonly blind: number; readonly disarmed: number }; readonly sources: readonly (SourceHealth)[]; readonly reasons: readonly ({ readonly state: HealthState; readonly reason: string; readonly n: number })[] })[] };

/** @public */
export type SourceHealth = { readonly source: "settings" | "aws.cloudtrail" | "aws.vpc-flow" | "aws.route53-resolver" | "aws.s3-access" | "aws.eks-audit" | "aws.rds" | "aws.alb" | "aws.nlb" | "aws.clb" | "aws.cloudfront" | "aws.waf" | "aws.api-gateway" | "aws.cognito" | "aws.guardduty" | "aws.security-hub" | "aws.inspector" | "aws.macie" | "aws.access-analyzer" | "aws.config" | "aws.health" | "ocsf"; readonly state: "working" | "blind"; readonly reason: string };

/** @public */
export type HealthState = "working" | "blind" | "disarmed";

/** @public */
export type AccountHealth = { readonly account: string; readonly counts: { readonly working: number; readonly blind: number; readonly disarmed: number }; readonly sources: readonly (SourceHealth)[]; readonly playbooks: readonly (PlaybookHealth)[] };

/** @public */
export type PlaybookHealth = { readonly source: "settings" | "aws.cloudtrail" | "aws.vpc-flow" | "aws.route53-resolver" | "aws.s3-access" | "aws.eks-audit" | "aws.rds" | "aws.alb" | "aws.nlb" | "aws.clb" | "aws.cloudfront" | "aws.waf" | "aws.api-gateway" | "aws.cognito" | "aws.guardduty" | "aws.security-hub" | "aws.inspector" | "aws.macie" | "aws.access-analyzer" | "aws.config" | "aws.health" | "ocsf"; readonly playbook: string | null; readonly state: HealthState; readonly reason: string };

/** @public */
export type LoadReport = { readonly from: number; readonly until: number; readonly zone: string; readonly budget: number; readonly whole: { readonly judgements: number; readonly beyond: number; readonly apart: number; readonly pages: number; readonly takenWithin: number | null; readonly worked: number; readonly events: number; readonly decided: number; readonly open: number; readonly asked: number; readonly alone: number; readonly repeats: number }; readonly shifts: readonly ({ readonly judgements: number; readonly beyond: number; readonly apart: number; readonly pages: number; readonly takenWithin: number | null; readonly worked: number; readonly events: number; readonly decided: number; readonly open: number; readonly asked: number; readonly alone: number; readonly repeats: number; readonly shift: { readonly from: number; readonly until: number }; readonly causes: readonly ({ readonly rule: string; readonly guardrails: readonly (string)[]; readonly n: number })[] })[] };

/** @public */
export type PasskeyView = { readonly id: string; readonly who: string; readonly name: string; readonly site: string; readonly registeredAt: number; readonly usedAt: number | null };

/** @public */
export type QuestionView = { readonly id: string; readonly state: "waiting" | "answered" | "me" | "not-me" | "silent"; readonly revision: string; readonly until: number | null; readonly finding: { readonly id: string; readonly severity: Severity; readonly message: string; readonly account: string; readonly region: string; readonly firstTime: number; readonly lastTime: number; readonly evidence: readonly (Evidence)[]; readonly title: string; readonly actor: string }; readonly more: readonly ({ readonly id: string; readonly message: string })[]; readonly as: "actor" | "owner"; readonly saidBy: string | null; readonly saidIn: string | null; readonly afterYes: "over" | "owner" | "engineer"; readonly afterSilence: "engineer" | "contain"; readonly starts: readonly ({ readonly title: string; readonly uid: string; readonly blastRadius: string; readonly inverse: string })[] };

/** @public */
export type FixView = { readonly id: string; readonly person: string; readonly state: "told" | "reminded" | "overdue" | "escalated" | "mended"; readonly since: number; readonly finding: { readonly id: string; readonly revision: string; readonly severity: Severity; readonly message: string; readonly account: string; readonly region: string; readonly kind: "detection" | "compliance" | "vulnerability" | "data-security"; readonly lastTime: number; readonly title: string; readonly description: string; readonly state: FindingState }; readonly fixes: readonly ({ readonly id: string; readonly title: string; readonly option: ProposedAction; readonly steps: readonly (string)[] })[]; readonly actions: readonly ({ readonly id: string; readonly title: string; readonly state: ActionState; readonly reason: string })[] };

/** @public */
export type Risks = { readonly at: number; readonly risks: readonly (RiskRow)[]; readonly trend: readonly (TrendDay)[]; readonly units: readonly (string)[] };

/** @public */
export type RiskRow = { readonly id: string; readonly unit: string | null; readonly account: string; readonly loss: "disclosure" | "destruction" | "takeover" | "blindness" | "misuse"; readonly likelihood: number; readonly impact: number; readonly risk: number; readonly severity: Severity; readonly gravest: { readonly finding: string; readonly title: string }; readonly findings: number; readonly treatments: { readonly open: number; readonly waiting: number; readonly accepted: number; readonly mitigated: number }; readonly treatment: "open" | "waiting" | "accepted" | "mitigated"; readonly owners: readonly (string)[]; readonly since: number; readonly accepted: readonly (Acceptance)[] };

/** @public */
export type Acceptance = { readonly rule: string; readonly owner: string; readonly reason: string; readonly expires: number };

/** @public */
export type TrendDay = { readonly day: number; readonly open: { readonly Critical: number; readonly High: number; readonly Medium: number; readonly Low: number; readonly Informational: number }; readonly units: readonly ({ readonly unit: string | null; readonly open: number })[] };

/**
 * Spends a one-time token and opens a session of 12 hours.
 * @public
 */
export function signIn(body: { readonly token: string }): Promise<Session> {
  return request('POST', `/api/v1/session`, { body });
}

/**
 * Who is signed in.
 * @public
 */
export function readSession(): Promise<Session> {
  return request('GET', `/api/v1/session`, {  });
}

/**
 * Ends the session.
 * @public
 */
export function signOut(): Promise<{ readonly ok: true }> {
  return request('DELETE', `/api/v1/session`, {  });
}

/**
 * What a passkey is to sign, to sign in.
 * @public
 */
export function startPasskeySignIn(body: { readonly [key: string]: unknown }): Promise<{ readonly options: { readonly [key: string]: unknown } }> {
  return request('POST', `/api/v1/session/passkey/options`, { body });
}

/**
 * Opens a session of 12 hours for the person whose passkey has signed.
 * @public
 */
export function finishPasskeySignIn(body: { readonly response: { readonly [key: string]: unknown } }): Promise<Session> {
  return request('POST', `/api/v1/session/passkey`, { body });
}

/**
 * Whether automation works, and how much it has found and contained.
 * @public
 */
export function readStatus(): Promise<Status> {
  return request('GET', `/api/v1/status`, {  });
}

/**
 * The home page: status, the one question that waits longest, and what automation did last.
 * @public
 */
export function readOverview(): Promise<Overview> {
  return request('GET', `/api/v1/overview`, {  });
}

/**
 * Findings, page by page, in id order or the gravest first.
 * @public
 */
export function listFindings(query: { readonly state?: FindingState | undefined; readonly severity?: Severity | undefined; readonly rule?: string | undefined; readonly account?: string | undefined; readonly kind?: "detection" | "compliance" | "vulnerability" | "data-security" | undefined; readonly order?: "id" | "gravest" | undefined; readonly after?: string | undefined; readonly limit?: number | undefined } = {}): Promise<FindingPage> {
  return request('GET', `/api/v1/findings`, { query });
}

/**
 * A finding with its evidence, life, decisions, judgement, actions and way.
 * @public
 */
export function readFinding(id: string): Promise<FindingDetail> {
  return request('GET', `/api/v1/findings/${encodeURIComponent(id)}`, {  });
}

/**
 * Findings joined into incidents, page by page: those that page somebody first, then the gravest.
 * @public
 */
export function listIncidents(query: { readonly pages?: "true" | "false" | undefined; readonly open?: "true" | "false" | undefined; readonly after?: string | undefined; readonly limit?: number | undefined } = {}): Promise<IncidentPage> {
  return request('GET', `/api/v1/incidents`, { query });
}

/**
 * An incident with its timeline, and what was done about its findings. The id of one that was joined with another leads there.
 * @public
 */
export function readIncident(id: string): Promise<IncidentDetail> {
  return request('GET', `/api/v1/incidents/${encodeURIComponent(id)}`, {  });
}

/**
 * Actions, the newest first.
 * @public
 */
export function listActions(query: { readonly state?: ActionState | undefined; readonly finding?: string | undefined; readonly limit?: number | undefined } = {}): Promise<{ readonly items: readonly (ActionView)[] }> {
  return request('GET', `/api/v1/actions`, { query });
}

/**
 * An action with its plan, receipts, and what undo would bring back.
 * @public
 */
export function readAction(id: string): Promise<ActionDetail> {
  return request('GET', `/api/v1/actions/${encodeURIComponent(id)}`, {  });
}

/**
 * Whether jobzero itself is well. Nothing is armed while it is not.
 * @public
 */
export function readDoctor(): Promise<{ readonly troubles: readonly (string)[]; readonly report: DoctorReport | null }> {
  return request('GET', `/api/v1/doctor`, {  });
}

/**
 * What a playbook would have done in an account while it was not armed, and what is missing before it may be.
 * @public
 */
export function readShadow(query: { readonly playbook?: string | undefined; readonly account?: string | undefined } = {}): Promise<ShadowView> {
  return request('GET', `/api/v1/shadow`, { query });
}

/**
 * The stop button, and which playbooks may act where.
 * @public
 */
export function readSettings(): Promise<Settings> {
  return request('GET', `/api/v1/settings`, {  });
}

/**
 * Asks for an action to be undone; a worker does it.
 * @public
 */
export function askUndo(id: string, body: { readonly overwrite?: boolean | undefined }): Promise<{ readonly persons: readonly (string)[]; readonly needed: number }> {
  return request('POST', `/api/v1/actions/${encodeURIComponent(id)}/undo`, { body });
}

/**
 * Answers an undo that asks: what somebody else made of it stays, and the undo is closed.
 * @public
 */
export function keepAsItStands(id: string, body: { readonly [key: string]: unknown }): Promise<{ readonly ok: true }> {
  return request('POST', `/api/v1/actions/${encodeURIComponent(id)}/keep`, { body });
}

/**
 * Acknowledges, suppresses, resolves or reopens a finding.
 * @public
 */
export function liveFinding(id: string, body: { readonly event: "acknowledged" | "suppressed" | "resolved" | "reopened"; readonly note?: string | undefined }): Promise<{ readonly state: FindingState }> {
  return request('POST', `/api/v1/findings/${encodeURIComponent(id)}/life`, { body });
}

/**
 * Starts what a decision proposed, as an action of the person who is signed in. Where two must agree, it becomes a question.
 * @public
 */
export function startAction(id: string, body: { readonly action: string; readonly revision: string }): Promise<{ readonly action: string | null; readonly judgement: string | null }> {
  return request('POST', `/api/v1/findings/${encodeURIComponent(id)}/start`, { body });
}

/**
 * Presses or releases the stop button: while it is pressed, automation acts on nothing.
 * @public
 */
export function pressStop(body: { readonly on: boolean; readonly reason?: string | undefined }): Promise<{ readonly stop: Stop | null }> {
  return request('PUT', `/api/v1/settings/stop`, { body });
}

/**
 * Lets a playbook act in an account, or takes that back.
 * @public
 */
export function setArmed(body: { readonly playbook: string; readonly account: string; readonly armed: boolean; readonly list?: string | undefined }): Promise<{ readonly armed: readonly (Armed)[] }> {
  return request('PUT', `/api/v1/settings/armed`, { body });
}

/**
 * The incidents that are declared, and those that automation proposes to declare; `all`: also those that are over.
 * @public
 */
export function listDeclared(query: { readonly all?: "true" | "false" | undefined } = {}): Promise<{ readonly items: readonly (DeclaredRow)[] }> {
  return request('GET', `/api/v1/declared`, { query });
}

/**
 * Declares an incident: one that was found, or what only people know of. What is declared already is not declared again.
 * @public
 */
export function declareIncident(body: { readonly title?: string | undefined; readonly severity?: Severity | undefined; readonly incident?: string | null | undefined; readonly commander?: string | undefined }): Promise<{ readonly id: string; readonly isNew: boolean }> {
  return request('POST', `/api/v1/declared`, { body });
}

/**
 * The war room: commander, clocks, tasks, whom was told what, what happened, and what has to be so before it is closed.
 * @public
 */
export function readDeclared(id: string): Promise<DeclaredView> {
  return request('GET', `/api/v1/declared/${encodeURIComponent(id)}`, {  });
}

/**
 * What the person who is signed in wants to happen. It happens, or it is refused with the reason; of two at once one is first.
 * @public
 */
export function commandDeclared(id: string, body: { readonly wish: IncidentWish }): Promise<DeclaredIncident> {
  return request('POST', `/api/v1/declared/${encodeURIComponent(id)}/commands`, { body });
}

/**
 * Drafts the review from the ledger and what is stored, and keeps it; its hash names it below this address, as HASH.md and HASH.pdf.
 * @public
 */
export function draftReview(id: string, body: { readonly [key: string]: unknown }): Promise<{ readonly hash: string }> {
  return request('POST', `/api/v1/declared/${encodeURIComponent(id)}/reviews`, { body });
}

/**
 * The obligations whose clocks can be started. A help to keep time by, and no legal advice.
 * @public
 */
export function listObligations(): Promise<{ readonly items: readonly (Obligation)[] }> {
  return request('GET', `/api/v1/obligations`, {  });
}

/**
 * Questions for the engineer.
 * @public
 */
export function listJudgements(query: { readonly state?: string | undefined; readonly limit?: number | undefined } = {}): Promise<{ readonly items: readonly (JudgementView)[] }> {
  return request('GET', `/api/v1/judgements`, { query });
}

/**
 * One question with its evidence by hash, its options, what waiting costs, and cases like it.
 * @public
 */
export function readJudgement(id: string): Promise<JudgementView> {
  return request('GET', `/api/v1/judgements/${encodeURIComponent(id)}`, {  });
}

/**
 * Says what it is and how surely, before anything is recommended. The first opinion holds.
 * @public
 */
export function giveOpinion(id: string, body: { readonly nature: Nature; readonly confidence: number; readonly revision: string }): Promise<JudgementView> {
  return request('POST', `/api/v1/judgements/${encodeURIComponent(id)}/opinion`, { body });
}

/**
 * Approves or denies, after the opinion. An approval that is complete plans its actions.
 * @public
 */
export function answerJudgement(id: string, body: { readonly verdict: "approve" | "deny"; readonly revision: string }): Promise<{ readonly state: JudgementState; readonly actions: readonly (string)[]; readonly exercise: Reveal | null }> {
  return request('POST', `/api/v1/judgements/${encodeURIComponent(id)}/answer`, { body });
}

/**
 * Questions that were answered; `unresolved`, those of which nobody knows yet how they turned out.
 * @public
 */
export function listCases(query: { readonly state?: "unresolved" | "all" | undefined; readonly limit?: number | undefined } = {}): Promise<{ readonly items: readonly (CaseView)[] }> {
  return request('GET', `/api/v1/cases`, { query });
}

/**
 * Says how a case turned out. A person who judged it cannot.
 * @public
 */
export function reviewCase(id: string, body: { readonly nature: Nature }): Promise<{ readonly recorded: boolean }> {
  return request('POST', `/api/v1/cases/${encodeURIComponent(id)}/outcome`, { body });
}

/**
 * How well cases were judged: by the person who is signed in, by others who share theirs, and by the recommendation.
 * @public
 */
export function readScores(): Promise<Scores> {
  return request('GET', `/api/v1/scores`, {  });
}

/**
 * Shows the own scores to others, or to nobody else any more.
 * @public
 */
export function shareScores(body: { readonly shared: boolean }): Promise<Scores> {
  return request('PUT', `/api/v1/scores/shared`, { body });
}

/**
 * What judgements would change: `open`, what waits for a review.
 * @public
 */
export function listProposals(query: { readonly state?: "open" | "all" | undefined; readonly limit?: number | undefined } = {}): Promise<{ readonly items: readonly (ProposalView)[] }> {
  return request('GET', `/api/v1/proposals`, { query });
}

/**
 * Adopts or rejects a proposal. Never by who judged it or did it, and not in the same shift.
 * @public
 */
export function reviewProposal(id: string, body: { readonly adopt: boolean; readonly note?: string | undefined }): Promise<{ readonly state: string }> {
  return request('POST', `/api/v1/proposals/${encodeURIComponent(id)}/review`, { body });
}

/**
 * Takes back what was adopted. Anybody may.
 * @public
 */
export function revokeProposal(id: string, body: { readonly note?: string | undefined }): Promise<{ readonly state: string }> {
  return request('POST', `/api/v1/proposals/${encodeURIComponent(id)}/revoke`, { body });
}

/**
 * Sigma to begin with: what was written for a proposal, or what can be made of the case. Null where neither is there.
 * @public
 */
export function draftRules(id: string): Promise<{ readonly text: string | null }> {
  return request('GET', `/api/v1/proposals/${encodeURIComponent(id)}/draft`, {  });
}

/**
 * Puts Sigma rules or filters to a proposal: they are tried on history, and another person reviews them.
 * @public
 */
export function writeRules(id: string, body: { readonly text: string }): Promise<{ readonly rules: number; readonly filters: number }> {
  return request('POST', `/api/v1/proposals/${encodeURIComponent(id)}/rules`, { body });
}

/**
 * Playbooks that could be offered about what was judged to be an attack, and are not.
 * @public
 */
export function listCandidates(id: string): Promise<{ readonly items: readonly (Candidate)[] }> {
  return request('GET', `/api/v1/proposals/${encodeURIComponent(id)}/playbooks`, {  });
}

/**
 * Proposes to offer a playbook about what was judged: it is tried on history, and another person reviews it.
 * @public
 */
export function assignPlaybook(id: string, body: { readonly playbook: string }): Promise<{ readonly assigned: string }> {
  return request('POST', `/api/v1/proposals/${encodeURIComponent(id)}/assign`, { body });
}

/**
 * The exemptions of the tolerance file and those adopted from judgements, and what automation was let do alone, and playbooks that are offered beside their own rules.
 * @public
 */
export function readHoles(): Promise<ToleranceView> {
  return request('GET', `/api/v1/tolerance`, {  });
}

/**
 * Exercises that the person who is signed in has answered.
 * @public
 */
export function listDrills(): Promise<{ readonly items: readonly (TakenExercise)[] }> {
  return request('GET', `/api/v1/drills`, {  });
}

/**
 * Wants a drill: a worker puts one among the questions of the person who is signed in.
 * @public
 */
export function startDrill(body: { readonly [key: string]: unknown }): Promise<{ readonly wanted: true }> {
  return request('POST', `/api/v1/drills`, { body });
}

/**
 * What persons look into on a hunch, the latest first.
 * @public
 */
export function listInvestigations(): Promise<{ readonly items: readonly (InvestigationView)[] }> {
  return request('GET', `/api/v1/investigations`, {  });
}

/**
 * Looks into an ARN, an access key or an address, on a hunch alone.
 * @public
 */
export function openInvestigation(body: { readonly about: string; readonly says: string }): Promise<{ readonly id: string }> {
  return request('POST', `/api/v1/investigations`, { body });
}

/**
 * Its findings, decisions and actions, and what can be asked of the lake about it.
 * @public
 */
export function readInvestigation(id: string): Promise<InvestigationDetail> {
  return request('GET', `/api/v1/investigations/${encodeURIComponent(id)}`, {  });
}

/**
 * Ends it with what it is taken for, and how surely. It is scored as a judgement is.
 * @public
 */
export function closeInvestigation(id: string, body: { readonly nature: Nature; readonly confidence: number }): Promise<{ readonly closed: true }> {
  return request('POST', `/api/v1/investigations/${encodeURIComponent(id)}/opinion`, { body });
}

/**
 * How much of what automation closed was closed wrongly, as far as blind samples tell.
 * @public
 */
export function readAudit(): Promise<AuditReport> {
  return request('GET', `/api/v1/audit`, {  });
}

/**
 * What AWS's own services found in each account, and what of that our own rules and controls did.
 * @public
 */
export function readCoverage(): Promise<{ readonly items: readonly (CoverageRow)[] }> {
  return request('GET', `/api/v1/coverage`, {  });
}

/**
 * The last signed checkpoint.
 * @public
 */
export function readLedger(): Promise<{ readonly checkpoint: Checkpoint | null }> {
  return request('GET', `/api/v1/ledger`, {  });
}

/**
 * Leaves of the ledger from an index on; without one, the last.
 * @public
 */
export function listLeaves(query: { readonly from?: number | undefined; readonly limit?: number | undefined } = {}): Promise<{ readonly items: readonly (LeafView)[] }> {
  return request('GET', `/api/v1/ledger/entries`, { query });
}

/**
 * Recomputes the ledger from its leaves, against checkpoints kept outside.
 * @public
 */
export function verifyLedger(body: { readonly outside?: readonly (string)[] | undefined }): Promise<LedgerReport> {
  return request('POST', `/api/v1/ledger/verify`, { body });
}

/**
 * Who is on call now and next, and what the shift has brought.
 * @public
 */
export function readDuty(query: { readonly days?: number | undefined } = {}): Promise<Duty> {
  return request('GET', `/api/v1/duty`, { query });
}

/**
 * What waits for the engineer: faults of the automation, then judgements, then incidents.
 * @public
 */
export function readQueue(): Promise<{ readonly items: readonly (QueueEntry)[] }> {
  return request('GET', `/api/v1/queue`, {  });
}

/**
 * Takes a page: nobody else is told of it any more.
 * @public
 */
export function acknowledgePage(id: string, body: { readonly [key: string]: unknown }): Promise<{ readonly ok: true }> {
  return request('POST', `/api/v1/pages/${encodeURIComponent(id)}/acknowledge`, { body });
}

/**
 * Somebody stands in for who would be on call.
 * @public
 */
export function setOverride(body: { readonly from: string; readonly until: string; readonly person: string; readonly reason?: string | undefined }): Promise<{ readonly id: string }> {
  return request('POST', `/api/v1/overrides`, { body });
}

/**
 * Takes an override back.
 * @public
 */
export function takeBackOverride(id: string): Promise<{ readonly ok: true }> {
  return request('DELETE', `/api/v1/overrides/${encodeURIComponent(id)}`, {  });
}

/**
 * Each account with its sources, and how many pairs of source and playbook are working, blind or disarmed.
 * @public
 */
export function readHealth(): Promise<HealthOverview> {
  return request('GET', `/api/v1/health`, {  });
}

/**
 * Each source and playbook of one account as working, blind or disarmed, with the reason.
 * @public
 */
export function readAccountHealth(account: string): Promise<AccountHealth> {
  return request('GET', `/api/v1/health/${encodeURIComponent(account)}`, {  });
}

/**
 * What each shift brought to people, the latest first, and what asked where it was beyond the budget.
 * @public
 */
export function readLoad(query: { readonly days?: number | undefined } = {}): Promise<LoadReport> {
  return request('GET', `/api/v1/load`, { query });
}

/**
 * The passkeys of the person who is signed in.
 * @public
 */
export function listPasskeys(): Promise<{ readonly items: readonly (PasskeyView)[] }> {
  return request('GET', `/api/v1/passkeys`, {  });
}

/**
 * Registers a passkey.
 * @public
 */
export function finishRegistration(body: { readonly name: string; readonly response: { readonly [key: string]: unknown } }): Promise<{ readonly ok: true }> {
  return request('POST', `/api/v1/passkeys`, { body });
}

/**
 * What a new passkey is to be made of. A further one is confirmed by one that is there.
 * @public
 */
export function startRegistration(body: { readonly [key: string]: unknown }): Promise<{ readonly options: { readonly [key: string]: unknown } }> {
  return request('POST', `/api/v1/passkeys/options`, { body });
}

/**
 * Removes one of the own passkeys.
 * @public
 */
export function removePasskey(id: string): Promise<{ readonly ok: true }> {
  return request('DELETE', `/api/v1/passkeys/${encodeURIComponent(id)}`, {  });
}

/**
 * What a passkey is to sign, so that one thing may be done once.
 * @public
 */
export function startStepUp(body: { readonly action: "answer-question" | "approve" | "start" | "undo" | "arm" | "release-stop" | "adopt" | "fix" | "add-passkey" | "remove-passkey"; readonly subject: string }): Promise<{ readonly options: { readonly [key: string]: unknown } }> {
  return request('POST', `/api/v1/step-up/options`, { body });
}

/**
 * Takes what a passkey has signed: for five minutes that one thing may be done once, in this session.
 * @public
 */
export function finishStepUp(body: { readonly action: "answer-question" | "approve" | "start" | "undo" | "arm" | "release-stop" | "adopt" | "fix" | "add-passkey" | "remove-passkey"; readonly subject: string; readonly response: { readonly [key: string]: unknown } }): Promise<{ readonly ok: true }> {
  return request('POST', `/api/v1/step-up`, { body });
}

/**
 * What the person who is signed in is asked about what their credentials did: that which waits first.
 * @public
 */
export function listQuestions(): Promise<{ readonly items: readonly (QuestionView)[] }> {
  return request('GET', `/api/v1/questions`, {  });
}

/**
 * One of these: what was done, when and from where, and what each answer starts.
 * @public
 */
export function readQuestion(id: string): Promise<QuestionView> {
  return request('GET', `/api/v1/questions/${encodeURIComponent(id)}`, {  });
}

/**
 * Answers "was this you?". Only the person who is asked may; the first answer holds, here and in channels.
 * @public
 */
export function answerQuestion(id: string, body: { readonly option: "me" | "not-me"; readonly revision: string }): Promise<QuestionView> {
  return request('POST', `/api/v1/questions/${encodeURIComponent(id)}/answer`, { body });
}

/**
 * What is insecure of what the person who is signed in owns or does, and was told of.
 * @public
 */
export function listFixes(): Promise<{ readonly items: readonly (FixView)[] }> {
  return request('GET', `/api/v1/fixes`, {  });
}

/**
 * One of these, with what a playbook would do about it, step by step, and how that is taken back.
 * @public
 */
export function readFix(id: string): Promise<FixView> {
  return request('GET', `/api/v1/fixes/${encodeURIComponent(id)}`, {  });
}

/**
 * Starts it as the action of its owner, under all guardrails. Where two must agree, it becomes a question.
 * @public
 */
export function startFix(id: string, body: { readonly action: string; readonly revision: string }): Promise<FixView> {
  return request('POST', `/api/v1/fixes/${encodeURIComponent(id)}/start`, { body });
}

/**
 * The risk register: open findings by part of the business, account and kind of loss, and how many were open at the end of each day.
 * @public
 */
export function readRisks(query: { readonly account?: string | undefined; readonly unit?: string | undefined; readonly days?: number | undefined } = {}): Promise<Risks> {
  return request('GET', `/api/v1/risks`, { query });
}
