import type { HeartbeatSettings } from '../../core/model/channel.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import type { QueueLook } from '../../core/ports/log-queue.ts';
import type { SignIns } from '../../core/ports/sign-ins.ts';
import type { Store } from '../../core/ports/store.ts';
import type { Witness } from '../../core/ports/witness.ts';
import type { LoadedList } from '../loaded-list.ts';

/** What an examination looks at. */
export interface DoctorDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly signIns: SignIns;
  readonly cloud: Cloud;
  /** The simulated organisation: nothing of anybody depends on it, so it needs no witnesses outside. */
  readonly simulated: boolean;
  /** One principal stands for all roles, as with an emulator of AWS. */
  readonly oneRole: boolean;
  readonly playbooks: readonly Playbook[];
  /** The permissions that the reader needs. */
  readonly reads: readonly string[];
  /** The queues that bring logs. */
  readonly queues: readonly QueueLook[];
  readonly lists: () => Promise<readonly LoadedList[]>;
  readonly heartbeat: () => Promise<HeartbeatSettings | null>;
  /** Where checkpoints are kept outside; null where nothing was named. */
  readonly witness: Witness | null;
  /** Null when only we can read the file of the ledger's key, else what is wrong. */
  readonly keyFault: () => Promise<string | null>;
}
