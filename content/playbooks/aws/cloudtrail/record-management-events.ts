import { asObject, listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import { exampleTrail, selectorsIn, trailTargets } from '../../../../src/core/lib/plans/trail.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['name']);

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html */
export const recordManagementEvents: Playbook = {
  id: 'aws.cloudtrail.record-management-events',
  version: 1,
  title: 'Let a trail record management events again',
  why: 'A trail that leaves management events out, or those that write, is on and says nothing of what an attacker does. All of them are recorded again, whatever their source; which data events it records stays. What happened meanwhile is only in the event history of 90 days.',
  handles: ['aws.cloudtrail.event-selectors-narrowed'],
  approval: 'one-person',
  risks: [],
  asks: (target) => `Let the trail ${nameOf(target)} record all management events`,
  blastRadius: (target) => `Nothing stops working; where another trail records the same events, the copies in ${nameOf(target)} cost.`,
  inverse: (target) => `The trail ${nameOf(target)} selects what it selected before.`,
  targets: trailTargets(['PutEventSelectors']),
  plan: (target) => {
    const input = { TrailName: nameOf(target) };
    return [
      setting({
        name: 'Select management events',
        on: [target.uid],
        read: { action: 'cloudtrail:GetEventSelectors', input },
        state: selectorsIn,
        want: withManagement,
        write: { action: 'cloudtrail:PutEventSelectors', input, with: (selectors) => asObject(selectors) ?? {} },
        says: 'all management events are selected',
      }),
    ];
  },
  undoes: ['cloudtrail:PutEventSelectors'],
  examples: [{ name: 'a trail', target: exampleTrail(), does: ['cloudtrail:PutEventSelectors'] }],
};

function withManagement(state: Json): Json {
  const advanced = listAt(state, 'AdvancedEventSelectors');
  if (advanced.length > 0)
    return advanced.some(selectsAll)
      ? state
      : { AdvancedEventSelectors: [...advanced.filter((one) => !isOfManagement(one)), allManagement] };
  const [first, ...more] = listAt(state, 'EventSelectors');
  const isWhole =
    textAt(first, 'ReadWriteType') === 'All' &&
    asObject(first)?.['IncludeManagementEvents'] === true &&
    listAt(first, 'ExcludeManagementEventSources').length === 0;
  if (isWhole) return state;
  // Data events keep the reading and writing of their own selector; management events get one of theirs, where there are any.
  const whole = { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] };
  const data = [first, ...more].flatMap((one) =>
    listAt(one, 'DataResources').length === 0
      ? []
      : [{ ...asObject(one), IncludeManagementEvents: false, ExcludeManagementEventSources: [] }],
  );
  return { EventSelectors: [whole, ...data] };
}

const allManagement = {
  Name: 'Management events',
  FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }],
};

function isOfManagement(selector: Json): boolean {
  return listAt(selector, 'FieldSelectors').some(
    (field) => textAt(field, 'Field') === 'eventCategory' && listAt(field, 'Equals').includes('Management'),
  );
}

function selectsAll(selector: Json): boolean {
  return isOfManagement(selector) && listAt(selector, 'FieldSelectors').length === 1;
}
