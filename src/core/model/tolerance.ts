import type { Severity } from './severity.ts';

/** What automation may do: `alone`, after `ask`ing, or `never`. */
export type Leave = 'alone' | 'ask' | 'never';

/** One scope's tolerance; what is absent is inherited from the default. */
export interface ToleranceScope {
  /** For playbooks that `playbooks` does not name. */
  readonly act?: Leave;
  readonly playbooks?: { readonly [playbook: string]: Leave };
  /** Findings below this severity are recorded and watched. */
  readonly decideFrom?: Severity;
  /** Findings from this severity on are put to a person when automation may not answer them. */
  readonly askFrom?: Severity;
  /** Playbooks that may close what somebody uses, or may be using, without asking. */
  readonly acceptLegitimateUse?: readonly string[];
  /** Playbooks that may touch what serves, or may be serving, production without asking. */
  readonly acceptProductionUse?: readonly string[];
  /** Findings from this severity on are put to the person whose credentials did it. */
  readonly askActorFrom?: Severity;
  /** So many minutes a person whose credentials did it is asked first, before the engineer is; 0: never. */
  readonly askActorFor?: number;
  /**
   * What the silence of the person whose credentials did it brings, when the minutes are over: the engineer is asked, or automation does what a "not me" would
   * have started, under all guardrails but those that say that it may be somebody's work. Absent in documents of before: `ask`.
   */
  readonly onSilence?: 'ask' | 'contain';
  /** Added to the impact of each finding here: what is lost here weighs more or less. From -50 to 50. */
  readonly impact?: number;
}

/** A part of the business: accounts, or what bears certain tags. Where several hold for a finding, a later one counts. */
export interface ToleranceUnit extends ToleranceScope {
  readonly name: string;
  /** Absent: in every account. */
  readonly accounts?: readonly string[];
  /** All of them must be on a resource of the finding; `*` stands for any value. Absent: whatever its tags. */
  readonly tags?: { readonly [key: string]: string };
}

/** Work that was announced: a change, a drill, a penetration test. Half-open in time, milliseconds since 1970. */
export interface Announced {
  readonly from: number;
  readonly until: number;
  /** ARNs of the users and roles who do it, `*` for any text. */
  readonly who: readonly string[];
  /** Ids of the rules that it may raise, `*` for any text; absent: all. */
  readonly rules?: readonly string[];
  readonly account?: string;
  readonly owner: string;
  readonly reason: string;
}

/** How much automation may do at most: a bug or an attacker must not be able to use it against production. */
export interface Caps {
  /** Actions that automation starts for one decision; absent in documents of before: as many as there are. */
  readonly perRun?: number;
  readonly perHour: number;
  readonly perAccountHour: number;
}

/** A hole with an owner and an end. */
export interface Exemption {
  /** Rule or control id. */
  readonly rule: string;
  /** Absent: everywhere. */
  readonly account?: string;
  /** ARN of the resource or actor; absent: every one. */
  readonly resource?: string;
  /** ARN of the user, role or session that did all of it; absent: whoever did. */
  readonly actor?: string;
  /** ARNs: it names no other resource than these and who did it; absent: whatever it names. */
  readonly resources?: readonly string[];
  readonly owner: string;
  readonly reason: string;
  /** Milliseconds since 1970; it counts before that time only. */
  readonly expires: number;
}

/** Guardrails that two persons may lift after a judgement: what somebody may be using, or what tolerance asks for. */
export const grantable = ['legitimate-use', 'legitimate-use-unknown', 'serves-production', 'tolerance-asks'] as const;

/** What two persons have let automation do alone about one rule in one account, after one of them was asked. */
export interface Grant {
  readonly rule: string;
  readonly account: string;
  readonly playbook: string;
  /** Sorted. All other guardrails hold. */
  readonly despite: readonly (typeof grantable)[number][];
  readonly owner: string;
  readonly reason: string;
  /** Milliseconds since 1970; it counts before that time only. */
  readonly expires: number;
}

/** What two persons have a playbook offered for, though it was not made for this rule: after asking, never alone. */
export interface Assignment {
  readonly rule: string;
  readonly account: string;
  readonly playbook: string;
  readonly owner: string;
  readonly reason: string;
  /** Milliseconds since 1970; it counts before that time only. */
  readonly expires: number;
}

/** From `from` until `until` (milliseconds since 1970, half-open) nothing is changed, except by people. */
export interface Freeze {
  readonly from: number;
  readonly until: number;
  readonly reason: string;
  /** Absent: everywhere. */
  readonly account?: string;
}

/** CloudWatch alarms by name, `*` for any text: one that goes off within so many minutes of an action in its account and Region speaks against it. */
export interface Signal {
  readonly alarms: readonly string[];
  /** Absent: everywhere. */
  readonly account?: string;
  readonly minutes: number;
}

/** The business's tolerance for risk and for automation, as one document; see docs/reference/tolerance.md for its file. */
export interface Tolerance {
  readonly format: 'jobzero.tolerance/1';
  readonly default: Required<ToleranceScope>;
  readonly units: readonly ToleranceUnit[];
  readonly accounts: { readonly [account: string]: ToleranceScope };
  readonly caps: Caps;
  /** A detection that is watched or contained is closed when nothing was heard of it for so many days; 0: never. */
  readonly closeAfterDays: number;
  /** Alarms that tell that an action broke something. */
  readonly signals: readonly Signal[];
  /** So many days a playbook only says what it would do in an account, before somebody may sign for it. */
  readonly shadowDays: number;
  /** Whether people confirm what is grave by a passkey: always, or who has registered one. Absent in documents of before. */
  readonly stepUp?: 'required' | 'when-registered';
  /** ARNs, `*` at the end allowed: people and roles that automation never acts against, such as break-glass roles. */
  readonly protected: readonly string[];
  readonly freezes: readonly Freeze[];
  readonly exemptions: readonly Exemption[];
  readonly announced: readonly Announced[];
  /** Adopted from judgements; never in the file. Absent where there are none. */
  readonly grants?: readonly Grant[];
  /** As grants are. The decision sees them as offers that want approval. */
  readonly assignments?: readonly Assignment[];
  /** Whose principals are whose: a person by name, as `channels.yml` has it, with ARNs of users, and of sessions of Identity Center. */
  readonly people: { readonly [person: string]: readonly string[] };
  /** So many days after the owner of something insecure was told, they are told again, and after as many the account's owner; 0: nobody is told. Absent in documents of before. */
  readonly remindOwnersAfter?: number;
  /** The owner of each account, a person as `channels.yml` has them. Absent in documents of before. */
  readonly accountOwners?: { readonly [account: string]: string };
  /** Tags that name the owner of a resource, the first that is there. */
  readonly ownerTags: readonly string[];
  /** Tags that say which data lies in a resource. Absent in documents of before. */
  readonly dataTags?: readonly string[];
}
