import type { Finding, FindingState } from '../core/model/finding.ts';
import type { Json } from '../core/model/json.ts';
import type { RuleFault } from '../core/model/rule.ts';
import type { Severity } from '../core/model/severity.ts';
import type { AssessResult } from './assess.ts';
import type { ConsoleDeps } from './console/console-deps.ts';
import type { Scope } from './console/sign-in.ts';
import type { DetectResult } from './detect.ts';
import type { FirstLook, FirstLookInput } from './first-look.ts';
import type { AuditReport } from './ledger/audit-export.ts';
import type { ProofReport } from './ledger/check-proof.ts';
import type { Exported } from './ledger/export-ledger.ts';
import type { LoadedList } from './loaded-list.ts';
import type { ListedChannel } from './notify/list-channels.ts';
import type { ChannelTest } from './notify/test-channel.ts';
import type { OnProgress } from './on-progress.ts';
import type { SourceRead } from './read-sources.ts';
import type { ReadyQuestion } from './ready-question.ts';
import type { PolicyReport } from './replay-policy.ts';
import type { FindingsSummary } from './summarise-findings.ts';
import type { RulesTrial } from './try-rules.ts';

export interface DetectInput {
  readonly paths: readonly string[];
  /** Folders or files of Sigma rules beside our own. */
  readonly rules: readonly string[];
  /** Files and folders of lists beside our own; the files' names are the lists'. */
  readonly lists?: readonly string[];
  /** False leaves our own rules out. */
  readonly builtin: boolean;
  /** Null: as many as the machine has processors. */
  readonly workers: number | null;
  /** Joins findings into incidents, too. */
  readonly incidents?: boolean;
  readonly onProgress: OnProgress;
}

export interface Detected extends DetectResult {
  /** How many rules ran. */
  readonly rules: number;
  /** Rules that were refused. */
  readonly faults: readonly RuleFault[];
  /** The lists that rules could ask, with what was not taken of them. */
  readonly lists?: readonly LoadedList[];
  readonly seconds: number;
  /** Removes what was put aside. */
  close(): void;
}

/** Which account to look at, as the AWS command line names it. */
export interface AwsChoice {
  readonly profile: string | null;
  readonly endpointUrl: string | null;
  /** Null: every Region that is enabled. */
  readonly regions: readonly string[] | null;
}

export interface AssessInput extends AwsChoice {
  readonly onProgress: OnProgress;
}

/** With which credentials logs are read. */
export interface LogsChoice extends AwsChoice {
  /** A role that may read them, in the log archive's account; null: the credentials themselves. */
  readonly roleArn: string | null;
}

export interface IngestInput extends LogsChoice {
  /** A file, a folder, `s3://bucket/prefix`, or `-` for standard input. */
  readonly from: string;
  /** Days in UTC, the first and the last, in milliseconds since 1970: of a bucket, only the folders of these days are read. */
  readonly days: { readonly first: number; readonly last: number } | null;
  /** A file of CloudTrail's public keys, as `aws cloudtrail list-public-keys` prints them; null: CloudTrail is asked. */
  readonly publicKeys: string | null;
  readonly onProgress: OnProgress;
}

export interface IngestSummary {
  readonly objects: number;
  /** Objects that had been read before. */
  readonly known: number;
  readonly events: number;
  readonly setAside: number;
  /** Objects that could not be read now, with the first reasons; another run tries them again. */
  readonly unread: { readonly n: number; readonly reasons: readonly string[] };
  /** Digest files of CloudTrail that were checked, and why signatures could not be. */
  readonly digests: { readonly checked: number; readonly troubles: readonly string[] };
  readonly findings: number;
  readonly seconds: number;
}

export interface ReadSourcesInput extends AwsChoice {
  /** Changed at this time or later, in milliseconds since 1970; null: since the last time, or all that is open. */
  readonly since: number | null;
  readonly onProgress: OnProgress;
}

export interface BacktestInput {
  /** Files or folders of rules, and ids of our own. */
  readonly rules: readonly string[];
  /** Log files and folders to ask instead of the lake. */
  readonly logs: readonly string[];
  /** Milliseconds since 1970; the end is not included. */
  readonly from: number;
  readonly to: number;
  readonly onProgress: OnProgress;
}

export interface BacktestSummary extends FindingsSummary {
  readonly rules: number;
  readonly faults: readonly RuleFault[];
  /** Events of the hours that the range touches, and how many of them the engine had to look at. */
  readonly stored: number;
  readonly looked: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export interface QueryInput {
  /** SQL over the views `events`, `cloudtrail` and those of other sources; null with `question`. */
  readonly sql: string | null;
  /** The id of a ready question, or its last part. */
  readonly question: string | null;
  /** `NAME=VALUE` each. */
  readonly parameters: readonly string[];
  /** Log files and folders to ask instead of the lake. */
  readonly logs: readonly string[];
  /** Milliseconds since 1970; the end is not included. */
  readonly from: number;
  readonly to: number;
  /** How long it may take. */
  readonly seconds: number;
  readonly onProgress: OnProgress;
}

export interface QueryAnswered {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly Json[]>;
  /** Files of the lake in the range. */
  readonly files: number;
  close(): Promise<void>;
}

export interface ReplaySummary {
  readonly decisions: number;
  readonly same: number;
  readonly different: number;
  /** Decisions whose arguments retention has removed. */
  readonly expired: number;
  /** What was recommended on questions; those that differ are counted above. */
  readonly recommendations: { readonly n: number; readonly same: number; readonly expired: number };
  readonly seconds: number;
  /** The first decisions that came out differently. Of a recommendation, `decision` is the question. */
  readonly differences: readonly { readonly decision: string; readonly finding: string; readonly reason: string }[];
}

export interface PolicySummary extends PolicyReport {
  /** What other rules would have found; null where the policy has none. */
  readonly rules: (RulesTrial & { readonly faults: readonly RuleFault[]; readonly lostAttacks: number }) | null;
  readonly seconds: number;
}

export interface ReplayPolicyInput {
  /** A tolerance file, a file of rules, or a folder with `tolerance.yml` and `rules`; null keeps what was and is. */
  readonly policy: string | null;
  /** Offers are made anew by the playbooks of now. */
  readonly playbooks: boolean;
  /** Milliseconds since 1970; the end is not included. */
  readonly from: number;
  readonly to: number;
  readonly onProgress: OnProgress;
}

export interface BackupSummary {
  readonly file: string;
  readonly rows: number;
  readonly tables: number;
  readonly bytes: number;
  readonly seconds: number;
}

export interface UpInput extends LogsChoice {
  /** Folders and `s3://bucket/prefix`; with none and no queue, CloudTrail's event history is read. */
  readonly logs: readonly string[];
  /** URLs of SQS queues. With a queue, buckets are not listed: its messages name the objects, below `logs` only. */
  readonly queues: readonly string[];
  readonly workers: number;
  readonly port: number;
  /** Opens the console's door on this port or the next that is free. */
  readonly serve: (deps: ConsoleDeps, port: number) => Promise<{ readonly url: string; close(): Promise<void> }>;
  /** Opens no browser and prints no words for people. */
  readonly onEvent: (event: UpEvent) => void;
  readonly signal: AbortSignal;
}

/** What `up` tells as it happens. `at` is milliseconds since 1970. */
export interface UpEvent {
  readonly event: 'started' | 'attached' | 'ready' | 'finding' | 'decision' | 'judgement' | 'action' | 'stopped' | 'trouble';
  readonly at: number;
  /** One sentence for people. */
  readonly says: string;
  readonly finding?: string;
  readonly action?: string;
  readonly judgement?: string;
  readonly severity?: Severity;
  readonly state?: string;
  readonly url?: string;
}

export interface RangeInput {
  /** Null: the cloud is served instead. */
  readonly out: string | null;
  readonly accounts: number;
  readonly events: number;
  readonly days: number;
  /** Milliseconds since 1970; null for the usual time. */
  readonly start: number | null;
  readonly seed: number;
  /** Ids of those that run; none: all that fit. */
  readonly campaigns: readonly string[];
  readonly campaignFolders: readonly string[];
  readonly ownCampaigns: boolean;
  /** Lines of VPC flow logs and queries of Route 53 Resolver. */
  readonly flows: number;
  readonly queries: number;
  /** Lines of access logs of load balancers, audit logs of clusters, access logs of buckets, logs of database engines, activity of user pools. */
  readonly web: number;
  readonly eks: number;
  readonly s3Access: number;
  readonly databases: number;
  readonly signIns: number;
  /** Lines of CloudFront with its web ACL and the load balancer behind it, of API Gateway with its web ACL, of Network and of Classic Load Balancers. */
  readonly edge: number;
  readonly api: number;
  readonly nlb: number;
  readonly clb: number;
  /** Digest files of CloudTrail, and the keys to check them beside the logs. */
  readonly digests: boolean;
  /** With what is benign and looks bad, and a merger. */
  readonly chaos: boolean;
  /** Events a second; null for as fast as it goes. */
  readonly rate: number | null;
  readonly port: number;
  readonly signal: AbortSignal;
  readonly onReady: (url: string) => void;
  /** Is told what is wrong with a foreign campaign, which is left out. */
  readonly onFault: (message: string) => void;
  readonly onProgress: (events: number) => void;
}

export interface RangeSummary {
  readonly objects: number;
  readonly events: number;
  readonly attackEvents: number;
  /** Of other logs than CloudTrail's. */
  readonly lines: number;
  /** Runs of campaigns. */
  readonly campaigns: number;
  /** The file of public keys for `ingest --public-keys`; null without digests. */
  readonly publicKeys: string | null;
  readonly out: string | null;
}

/**
 * What the commands call, with everything joined to what does the work: `wire.ts` fills it. Each member is loaded
 * when it is called, so that a command without a database loads none.
 */
export interface Wires {
  detect(input: DetectInput): Promise<Detected>;
  assess(input: AssessInput): Promise<AssessResult>;
  firstLook(input: FirstLookInput & AwsChoice): Promise<FirstLook>;
  ingest(input: IngestInput): Promise<IngestSummary>;
  /** Reads the findings of AWS's own services from their APIs. */
  readSources(input: ReadSourcesInput): Promise<readonly SourceRead[]>;
  /** The lists of the home; `refresh` fetches all of them first. */
  lists(input: { readonly refresh: boolean }): Promise<readonly LoadedList[]>;
  channels(): Promise<readonly ListedChannel[]>;
  /** Sends a marked test through a channel and waits for what becomes of it. */
  testChannel(input: { readonly name: string; readonly to: string }): Promise<ChannelTest>;
  /** Opens the state of JOBZERO_HOME or JOBZERO_DATABASE_URL for one piece of work, and closes it after. */
  withConsole<T>(work: (deps: ConsoleDeps) => Promise<T>): Promise<T>;
  backtest(input: BacktestInput): Promise<BacktestSummary>;
  query(input: QueryInput): Promise<QueryAnswered>;
  questions(): Promise<readonly ReadyQuestion[]>;
  replay(input: { readonly onProgress: OnProgress }): Promise<ReplaySummary>;
  replayPolicy(input: ReplayPolicyInput): Promise<PolicySummary>;
  /** Writes the whole ledger to a file for an auditor. */
  exportLedger(file: string, onProgress: OnProgress): Promise<Exported>;
  /** Checks such a file with public keys and files of checkpoints; needs no database. */
  auditLedger(file: string, keys: readonly string[], checkpoints: readonly string[]): Promise<AuditReport>;
  /** Checks a file of a proof in the same way; `origin` null: of any log that the keys signed. */
  checkProof(file: string, keys: readonly string[], checkpoints: readonly string[], origin: string | null): Promise<ProofReport>;
  backup(file: string, onProgress: OnProgress): Promise<BackupSummary>;
  restore(file: string, onProgress: OnProgress): Promise<BackupSummary>;
  range(input: RangeInput): Promise<RangeSummary>;
  /** Makes a drill for a person of a campaign or a case, or of any, and puts it among that person's questions. */
  startDrill(input: { readonly who: string; readonly campaign: string | null }): Promise<'set' | 'not-now' | 'one-waits' | 'nothing'>;
  /** A one-time link that signs in at the console that runs. */
  signInLink(input: { readonly who: string; readonly scope: Scope }): Promise<string>;
  up(input: UpInput): Promise<void>;
  worker(input: { readonly signal: AbortSignal }): Promise<void>;
}

/** A finding with its life, as lists show it. */
export interface ListedFinding {
  readonly finding: Finding;
  readonly state?: FindingState;
}
