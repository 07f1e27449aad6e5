import type { AnsweredBy } from '../../core/findings/imported/imported-finding.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Rule } from '../../core/model/rule.ts';
import type { Sequence } from '../../core/model/sequence.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import type { EngineLoader } from '../../core/ports/engine.ts';
import type { Store } from '../../core/ports/store.ts';
import type { Own } from '../own/own-things.ts';
import type { Reachable } from './ask-actor.ts';

export interface TriageDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly engines: EngineLoader;
  readonly playbooks: readonly Playbook[];
  /** By id: the rules that findings come from, to see whether AWS's own record would have given the same evidence. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** What jobzero itself needs, as far as it is known now: nobody acts against it by jobzero. */
  readonly own: () => Own;
  /** Ids of the controls whose failures let the world get to a resource; none when it is not given. */
  readonly exposing?: ReadonlySet<string>;
  /** How persons are reached who can be asked, by name; nobody when it is not given. */
  readonly reachable?: () => Promise<Reachable>;
  /** Which of our rules answer what other services find, and the attack stories: what AWS answers is imported with them. */
  readonly answeredBy?: AnsweredBy;
  readonly sequences?: readonly Sequence[];
}
