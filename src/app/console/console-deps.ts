import type { Answers } from '../../core/model/imported.ts';
import type { Obligation } from '../../core/model/obligation.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Rule } from '../../core/model/rule.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import type { SignIns } from '../../core/ports/sign-ins.ts';
import type { Store } from '../../core/ports/store.ts';
import type { WebAuthn } from '../../core/ports/webauthn.ts';
import type { Inbound } from '../notify/inbound.ts';
import type { ReadyQuestion } from '../ready-question.ts';

/** What the console's use cases need. All of them work inside one tenant. */
export interface ConsoleDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly signIns: SignIns;
  /** Passkeys; without it none can be registered, and nobody has one. */
  readonly webauthn?: WebAuthn;
  /** Every version that still has actions, so that an old action is shown with the plan it ran. */
  readonly playbooks: readonly Playbook[];
  /** The rules of detection, to say which logs they ask. */
  readonly rules?: () => Promise<readonly Rule[]>;
  /** Which of our rules and controls answer what other services find; without it nothing is known to. */
  readonly answers?: () => Promise<Answers>;
  /** Notes of checkpoints kept outside the database; `verify` rests on them. */
  /** The ready questions to the lake; without it none are offered. */
  readonly questions?: () => Promise<readonly ReadyQuestion[]>;
  /** Hears answers that come through channels; without it none are taken. */
  readonly inbound?: Inbound;
  /** Whose clocks can be started when an incident is declared; without them, those of contracts alone. */
  readonly obligations?: readonly Obligation[];
  readonly outsideCheckpoints?: () => Promise<readonly string[]>;
}
