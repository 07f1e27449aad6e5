import type { Approval, Target } from './plan.ts';
import type { Severity } from './severity.ts';

/** What was known of the world when a decision was made. Taken once, stored by hash, and never looked at again elsewhere. */
export interface DecideContext {
  readonly format: 'jobzero.context/1';
  /** Milliseconds since 1970: the decision's own time. */
  readonly at: number;
  /** The stop button. */
  readonly stopped: boolean;
  /**
   * Is the evidence real? `validated` when AWS itself confirmed it (the event is in CloudTrail's own event history, or
   * the state was read); `unvalidated` when only log objects say so, which somebody may have written.
   */
  readonly evidence: 'validated' | 'unvalidated';
  /** The action by which jobzero did this itself: its session made these very calls. Null: somebody else did. */
  readonly ownAction: string | null;
  /** Actions that automation started in the last hour: everywhere, and in the finding's account. */
  readonly startedLastHour: { readonly everywhere: number; readonly account: number };
  /** ARN patterns of what jobzero itself needs. */
  readonly own: readonly string[];
  /** What they are, in words, by pattern; absent in contexts of before. */
  readonly ownWhat?: { readonly [pattern: string]: string };
  /** Names of those who are on call for it, sorted; absent where nobody is, and in contexts of before. */
  readonly operators?: readonly string[];
  readonly offers: readonly Offer[];
  /** What is known of what it is about; absent in contexts of before. */
  readonly about?: About;
  /**
   * The incident that the finding is in; null for none. Absent in contexts of before.
   */
  readonly incident?: IncidentOfFinding | null;
  /**
   * Of a finding of AWS's services about a setting that a control of ours judges: that control, and the finding under which this one is decided;
   * null where it stands for itself. Absent for others, and in contexts of before.
   */
  readonly weakness?: { readonly control: string; readonly ledBy: string | null };
  /** Persons who can be asked: they have a channel. */
  readonly reachable?: readonly string[];
  /** This person was asked whether they did what this revision tells, and has let the time run out. Absent: nobody has, and in contexts of before. */
  readonly unanswered?: { readonly person: string };
}

export interface IncidentOfFinding {
  readonly id: string;
  /** It wakes people. */
  readonly pages: boolean;
  /** It would do so by this finding and those alone that AWS has confirmed; absent where it wakes nobody, and in contexts of before. */
  readonly proven?: boolean;
  /** ARNs of who did something of its other findings that AWS has confirmed, sorted. */
  readonly suspects?: readonly string[];
  /** ARNs of those of whose credentials such findings tell that they are where they do not belong, sorted. Absent in contexts of before. */
  readonly misplaced?: readonly string[];
}

/** What the last snapshot of the account, and the other findings, tell of a finding's resources. What is absent was not looked for. */
export interface About {
  /** Tags of the finding's resources, of several the first that has the key. */
  readonly tags: { readonly [key: string]: string };
  /** Whose it is, and how that is known; null when nobody is named. */
  readonly owner: {
    readonly name: string;
    readonly from: string;
    /** The person of `reachable` who is meant; absent where nobody is, and in contexts of before. */
    readonly person?: string;
    /** Known by having changed it last: they are shown and told, and do not vouch for it. */
    readonly changedLast?: true;
  } | null;
  /** Where nobody is named: the ways to an owner that could not be looked at, with the missing permission. Absent where there are none, and in contexts of before. */
  readonly ownerUnknown?: readonly string[];
  /** Open weaknesses of High and above of the same resources: rule ids with their severities, sorted. */
  readonly standing: readonly { readonly rule: string; readonly severity: Severity }[];
  /** The infrastructure code that made it, and how that is known; null when none is known. */
  readonly code?: { readonly name: string; readonly from: string } | null;
  /** Who changed it last; null when nobody is known. Only where a person is asked. */
  readonly deployer?: Deployer | null;
  /** Where somebody gets who has it: 1 reads the account's settings, 2 data, 3 administers. */
  readonly reach?: Known;
  /** What lies there: 1 a store of whatever, 2 confidential, 3 personal, secret or of the like. */
  readonly data?: Known;
  /** Who gets there: 1 it has a public address, 2 part of it is open to the world, 3 it is public itself. */
  readonly exposed?: Known;
  /** Who got there: 1 a way in is known, 2 it is used by attackers, 3 an attack on it is open. */
  readonly exploited?: Known;
}

export type Level = 0 | 1 | 2 | 3;

/** What is known in one respect. It is at least so grave: what is in `unknown` may make it graver. */
export interface Known {
  readonly level: Level;
  /** The gravest first, and not more than are worth reading. */
  readonly facts: readonly Fact[];
  /** How many there are. */
  readonly n: number;
  /** What could not be looked at, sorted. With level 0 nothing is known. */
  readonly unknown: readonly string[];
}

/** A sentence with where it is known from. Names in it are anybody's text. */
export interface Fact {
  readonly says: string;
  readonly from: string;
}

/** Who changed a resource last, before what was found. */
export interface Deployer {
  /** ARN of the principal, or the name of the service. */
  readonly who: string;
  /** `code`: infrastructure code, as far as the program says itself what it is. */
  readonly by: 'person' | 'pipeline' | 'code' | 'service' | 'unknown';
  /** The program, where it says so: `Terraform`; else empty. */
  readonly with: string;
  readonly operation: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly from: string;
}

/** What a playbook could do about the finding. */
export interface Offer {
  readonly playbook: string;
  readonly version: number;
  readonly target: Target;
  /** ARNs that its plan works on beside the target; absent where there are none, and in contexts of before. */
  readonly touches?: readonly string[];
  readonly approval: Approval;
  readonly reversible: boolean;
  readonly risks: readonly ('legitimate-use' | 'workload')[];
  /** It cuts off the credentials that did it; absent where it works on what was done. */
  readonly cutsOff?: true;
  readonly blastRadius: string;
  readonly inverse: string;
  /** Armed in this account, after its list of what it would have done was signed. */
  readonly armed: boolean;
  /** Read back from the account: the bad state is there, is gone already, or could not be read. */
  readonly liveState: 'present' | 'gone' | 'unknown';
  /** Was it used for something legitimate lately? */
  readonly legitimateUse: 'none' | 'some' | 'unknown';
  readonly servesProduction: 'no' | 'yes' | 'unknown';
  /** So often this playbook had mended this very thing, and it is back. Absent: never. */
  readonly returned?: number;
}
