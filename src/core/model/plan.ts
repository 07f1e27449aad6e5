import type { Finding } from './finding.ts';
import type { Json, JsonObject } from './json.ts';

/** One call of an AWS API, named as IAM names the action: `iam:UpdateAccessKey`. */
export interface Call {
  readonly action: string;
  readonly input: JsonObject;
}

/**
 * Why a repeated call does no harm, since a call may happen twice when a worker dies:
 * it sets a state, carries a client token, or tags what it makes and looks before it makes again.
 */
export type Once = 'sets-state' | 'client-token' | 'tag-then-find';

/** What the earlier reads of a plan kept, by name; under `NAME.after` what the same read told when its step was done. */
export type Kept = { readonly [name: string]: Json };

/** A read whose input depends on what preconditions read, such as the id of what is known by its name. A look before the plan cannot make it. */
export interface Filled {
  readonly fill?: (kept: Kept) => JsonObject;
}

/**
 * One step of a plan. `on` lists the ARNs that it touches; the session policy is made of them and of the actions.
 * `expect` and `undo` are pure functions of what AWS answered.
 */
export interface Step {
  readonly name: string;
  readonly on: readonly string[];
  /** Where the call goes: an AWS Region; absent means the playbook's target Region. */
  readonly region?: string;
  /** IAM permissions beyond those of the calls, which AWS asks for on the same ARNs: `iam:PassRole` of a call that hands a role over. */
  readonly permits?: readonly string[];
  /** Read before anything is done; the answer is kept under this name and is what undo restores. */
  readonly read: Call & Filled & { readonly keep: string };
  /** The part of the answer that the step changes: what undo restores and compares. Equal before and after undo. */
  readonly captures: (answer: Json) => Json;
  readonly do: Call & {
    readonly once: Once;
    /** The whole input, where it depends on what was read: it takes the place of `input`, which then shows its fixed part. */
    readonly fill?: (kept: Kept) => JsonObject;
  };
  readonly verify: Call & Filled & { readonly expect: (answer: Json) => boolean; readonly says: string; readonly withinSeconds: number };
  /** An earlier step has made what this one changes: that it is gone is what was before, if `captures` gives the same for both. */
  readonly ofOurs?: true;
  /** The calls that bring the captured state back, or `'irreversible'`. */
  readonly undo: (kept: Kept, output: Json) => readonly Call[] | 'irreversible';
}

/**
 * What must hold before the first step: when it does not, nothing is touched and the action is refused with `says`.
 * Its answer is kept under `keep`; with `follow` as `{ answer, followed }`.
 */
export interface Precondition {
  readonly name: string;
  readonly on: readonly string[];
  readonly region?: string;
  readonly read: Call & { readonly keep: string };
  /** Further reads, one for each input that the first answer gives rise to (each policy of a list). */
  readonly follow?: { readonly action: string; readonly inputs: (answer: Json) => readonly JsonObject[] };
  readonly expect: (answer: Json, followed: readonly Json[]) => boolean;
  /** One sentence on what is wrong when it does not hold. */
  readonly says: string;
}

/**
 * What is read before somebody decides, to say whom the plan hits: its sentences follow the blast radius. It changes nothing about the plan,
 * and where it could not be read that is said.
 */
export interface Survey {
  readonly name: string;
  readonly region: string;
  readonly read: Call;
  /** One sentence or more. AWS's answer may hold names that an attacker chose. */
  readonly says: (answer: Json) => string;
}

/** What a playbook works on, as it picked it from a finding. Plain data; stored with the decision. */
export interface Target {
  readonly account: string;
  readonly region: string;
  /** ARN of what is acted on, the narrowest that the evidence names. */
  readonly uid: string;
  readonly params: JsonObject;
}

export type Approval = 'none' | 'one-person' | 'two-persons';

/** What of the organisation a finding does not tell. */
export interface Around {
  /** The account that manages the organisation; null where there is none, or nobody may know. */
  readonly management: string | null;
  /** The id of the organisation's root, `r-...`; null where the management account does not tell it. */
  readonly root: string | null;
  /** Names of the service control policies that are attached to the root: there is room for few. */
  readonly atRoot: readonly string[];
  /** Permission sets with whose roles persons did something in the management account; those that could not be found are left out. */
  readonly permissionSets?: readonly PermissionSetAround[];
  /** The instances of Identity Center whose people and groups the finding names. */
  readonly identityStores?: readonly { readonly identityStoreId: string; readonly region: string; readonly instanceArn: string }[];
  /** Trails that were deleted, as the inventory knew them: their properties, see core/collect/inventory/read-cloudtrail. */
  readonly trails?: readonly { readonly uid: string; readonly props: JsonObject }[];
  /** Clusters of the account that the finding names without their Region: in which Regions there are such. */
  readonly clusters?: readonly { readonly name: string; readonly region: string }[];
}

/** A permission set of Identity Center, which the ARN of its role does not tell. */
export interface PermissionSetAround {
  readonly name: string;
  /** Where Identity Center is at home. */
  readonly region: string;
  readonly instanceArn: string;
  readonly permissionSetArn: string;
}

/** A unit of `content/playbooks`. It returns a plan and does nothing itself. */
export interface Playbook {
  readonly id: string;
  /** Raised when the plan changes; running actions keep the version they started with. */
  readonly version: number;
  readonly title: string;
  readonly why: string;
  /** Rule and control ids that it answers; none where it only cuts off whoever did something. */
  readonly handles: readonly string[];
  /** What other services find that it answers, as `source/type`; `*` stands for any characters. */
  readonly reported?: readonly string[];
  readonly approval: Approval;
  /** What it does to this target, as a question puts it and without the question mark: `Block public access to the bucket b`. */
  readonly asks: (target: Target) => string;
  /** One sentence on what may stop working. */
  readonly blastRadius: (target: Target) => string;
  /** One sentence on what undo brings back. */
  readonly inverse: (target: Target) => string;
  /**
   * What would have to be checked before it may run alone, beyond the general guardrails. `legitimate-use`: somebody
   * may be using what it closes; `workload`: it may stop something that serves production.
   */
  readonly risks: readonly ('legitimate-use' | 'workload')[];
  /**
   * True where it cuts off the credentials that did it, whatever they did: then it is offered for every detection of Medium and above that
   * names such credentials, not only for what it handles.
   */
  readonly cutsOff?: true;
  /** The targets that a finding names; none when its evidence does not name one. */
  readonly targets: (finding: Finding, around?: Around) => readonly Target[];
  /**
   * True where its end state does not tell whether what was found is over: a snapshot that is not shared any more may have been
   * copied. Such a finding is never closed by a look at the live state.
   */
  readonly partial?: true;
  readonly requires?: (target: Target) => readonly Precondition[];
  readonly surveys?: (target: Target, at: number) => readonly Survey[];
  /** `at` is when the action began, in milliseconds since 1970: recorded, so that a resumed plan is the same plan. */
  readonly plan: (target: Target, at: number) => readonly Step[];
  /** The actions that its undo calls use: the role `undoer` is made of them, and a plan may use no other. */
  readonly undoes: readonly string[];
  readonly examples: readonly PlaybookExample[];
}

export interface PlaybookExample {
  readonly name: string;
  readonly target: Target;
  /** The actions of the plan's steps, in order. */
  readonly does: readonly string[];
}

/** What one step did. Stored, and its hash is in the ledger. */
export interface Receipt {
  readonly format: 'jobzero.receipt/1';
  readonly action: string;
  readonly step: number;
  readonly name: string;
  readonly call: Call;
  /** The captured part before the step. */
  readonly before: Json;
  /** AWS's answer to the call. */
  readonly output: Json;
  /** The captured part after the step: what we left. */
  readonly left: Json;
  /** What is read was there before and after, so that its absence is no state that anybody captured. Absent in receipts of before. */
  readonly existed?: true;
  readonly verified: boolean;
  /** The calls that undo this step, computed when it was done, so that a later version undoes what this one did. */
  readonly undo: readonly Call[] | 'irreversible';
  /** The read that gives the live state to compare with. */
  readonly read: Call;
  /** True when the state was already as wanted, so nothing was called. */
  readonly alreadySo: boolean;
}

/**
 * `planned` waits for a worker; `refused` was stopped by a guardrail at the last moment; `dry-run` says what would
 * have been done; `verified` is done and seen to be so; `unverified` is done but not seen; `failed` did not get done.
 */
export type ActionState =
  | 'planned'
  | 'running'
  | 'verified'
  | 'unverified'
  | 'failed'
  | 'refused'
  | 'dry-run'
  | 'undoing'
  | 'undone'
  | 'undo-asks'
  | 'undo-failed';

export interface Action {
  /** hash(tenant, finding id, playbook id, target): 32 hexadecimal digits, so that the same decision makes one action. */
  readonly id: string;
  readonly tenant: string;
  readonly finding: string;
  readonly revision: string;
  readonly playbook: string;
  readonly playbookVersion: number;
  readonly target: Target;
  readonly state: ActionState;
  /** Who let it happen: `automation`, or the person who approved. */
  readonly by: string;
  readonly plannedAt: number;
  readonly finishedAt: number | null;
  readonly reason: string;
}
