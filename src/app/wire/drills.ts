import { natureOf } from '../../core/model/campaign.ts';
import { InputError } from '../../core/model/errors.ts';
import { type DrillDeps, type DrillSource, makeDrills } from '../exercise/drills.ts';
import { exerciseTx } from '../exercise/exercise-tx.ts';
import { cardOfCase } from '../judge/card-of-case.ts';
import { caseKind, caseOf } from '../judge/cases.ts';
import { askForDrill } from '../judge/list-exercises.ts';
import type { Env } from './home.ts';
import { loadCampaigns } from './load-campaigns.ts';
import { makeDrill } from './make-drill.ts';
import { type State, withConsole } from './state.ts';

const mostCases = 20_000;

/** Drills of our own campaigns, and of cases that others have judged and whose end is known. */
export function drillDeps({ store, tenant, clock, playbooks }: Pick<State, 'store' | 'tenant' | 'clock' | 'playbooks'>): DrillDeps {
  return {
    within: (work) => store.within(tenant, (tx) => work(exerciseTx(tx))),
    clock,
    sources: async (who) => [
      ...(await loadCampaigns()).map(
        (campaign): DrillSource => ({
          id: campaign.id,
          from: 'campaign',
          nature: natureOf(campaign).kind === 'attack' ? 'true-positive' : 'benign',
        }),
      ),
      ...(await store.within(tenant, (tx) => tx.items.list({ kind: caseKind, state: ['true-positive', 'benign'], limit: mostCases })))
        .filter(
          (item) =>
            caseOf(item).answer !== 'judged' &&
            !caseOf(item).opinions.some(({ by }) => by === who) &&
            !caseOf(item).answeredBy.includes(who),
        )
        .map((item): DrillSource => ({ id: item.id, from: 'case', nature: item.state === 'benign' ? 'benign' : 'true-positive' })),
    ],
    make: async ({ id, from, nature }, salt, at) => {
      if (from === 'campaign') {
        const campaign = (await loadCampaigns()).find((one) => one.id === id);
        return campaign === undefined ? null : makeDrill(tenant, campaign, salt, at);
      }
      const card = await store.within(tenant, (tx) => cardOfCase(tx, playbooks, id, salt, at));
      return card === null ? null : { card, truth: nature, of: { case: id } };
    },
  };
}

/** `jobzero drill start`: makes a drill here and now. */
export function startDrill(
  { who, campaign }: { readonly who: string; readonly campaign: string | null },
  env: Env,
): Promise<'set' | 'not-now' | 'one-waits' | 'nothing'> {
  return withConsole(async (state) => {
    const deps = drillDeps(state);
    if (campaign !== null && !(await deps.sources(who)).some(({ id }) => id === campaign))
      throw new InputError('there is no such campaign or case', campaign);
    const wanted = await askForDrill(state, who, campaign);
    if (wanted !== 'wanted') return wanted;
    return (await makeDrills(deps)) > 0 ? 'set' : 'nothing';
  }, env);
}
