import type { Actor, FindingKind, ResourceRef } from './finding.ts';
import type { FindingSource, ReportForm, ReportRef, SourceState } from './imported.ts';
import type { JsonObject } from './json.ts';
import type { Severity } from './severity.ts';

/** What a service says of one finding at one time. Whoever can write to a queue or a bucket may have written it. */
export interface Report {
  readonly source: FindingSource;
  readonly form: ReportForm;
  /** By which copies of one finding are told to be the same, in whatever form: the service's own ARN or id. */
  readonly uid: string;
  /** Of a finding that a service tells in several pieces, which one; else empty. */
  readonly part: string;
  /** The service's own name for what it found: `UnauthorizedAccess:IAMUser/MaliciousIPCaller`. */
  readonly type: string;
  readonly kind: FindingKind;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  /** The severity as the service said it. */
  readonly said: string;
  readonly state: SourceState;
  /** Made to try things out. */
  readonly sample: boolean;
  readonly tactics: readonly string[];
  readonly account: string;
  readonly region: string;
  /** When it was changed last, in milliseconds since 1970: the later copy of a form counts. */
  readonly updatedAt: number;
  readonly firstTime: number;
  readonly lastTime: number;
  readonly count: number;
  readonly actor?: Actor;
  /** Further ones, where it names several whose credentials were used. */
  readonly otherActors?: readonly Actor[];
  readonly resources: readonly ResourceRef[];
  /** What was done, where the finding is about calls. */
  readonly operation: string;
  readonly service: string;
  readonly ip?: string;
  readonly userAgent?: string;
  readonly error?: string;
  /** Values that a playbook needs. */
  readonly kept?: JsonObject;
  /** Where the service shows it. */
  readonly url: string;
  readonly ref: ReportRef;
  /** False for what others than AWS's own services may put there, so that the service's answer proves nothing. */
  readonly trusted: boolean;
}
