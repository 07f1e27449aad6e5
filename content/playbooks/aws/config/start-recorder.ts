import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { keptTexts } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const recorderOf = ({ params }: Target) => String(params['recorder']);

/** https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigurationRecorder.html */
export const startRecorder: Playbook = {
  id: 'aws.config.start-recorder',
  version: 1,
  title: 'Record the settings of an account again',
  why: 'While the recorder is stopped nobody can tell later what was set when, and no check of Config looks at changes. It goes on with the kinds that it recorded before; a recorder or a channel that was deleted a person has to make again.',
  handles: ['aws.config.recorder-stopped'],
  approval: 'one-person',
  risks: [],
  asks: (target) => `Let the recorder ${recorderOf(target)} of Config record again`,
  blastRadius: () => 'Nothing stops working; each change that is recorded costs, and the checks of Config that follow it too.',
  inverse: (target) => `The recorder ${recorderOf(target)} of Config is stopped again.`,
  targets: (finding) => {
    const stopped = finding.evidence.filter((one) => one.operation === 'StopConfigurationRecorder');
    const [recorder, ...more] = keptTexts(stopped, 'recorder', /^[A-Za-z0-9._-]{1,256}$/);
    return recorder === undefined || more.length > 0 ? [] : accountTargets(finding, ['StopConfigurationRecorder'], { recorder });
  },
  requires: ({ uid }) => [
    {
      name: 'There is where to deliver to',
      on: [uid],
      read: { action: 'config:DescribeDeliveryChannels', input: {}, keep: 'channels' },
      expect: (answer) => listAt(answer, 'DeliveryChannels').length > 0,
      says: 'Config has no delivery channel in this Region, without which a recorder does not start: a person has to make one.',
    },
  ],
  plan: (target) => {
    const name = recorderOf(target);
    const input = { ConfigurationRecorderName: name };
    return [
      setting({
        name: 'Start the recorder',
        on: [target.uid],
        read: { action: 'config:DescribeConfigurationRecorderStatus', input: { ConfigurationRecorderNames: [name] } },
        state: (answer) =>
          valueAt(
            listAt(answer, 'ConfigurationRecordersStatus').find((one) => textAt(one, 'name') === name),
            'recording',
          ),
        want: () => true,
        write: { action: 'config:StartConfigurationRecorder', input, with: () => ({}) },
        back: (recording) => (recording === false ? [{ action: 'config:StopConfigurationRecorder', input }] : []),
        says: 'the recorder records',
      }),
    ];
  },
  undoes: ['config:StopConfigurationRecorder'],
  examples: [
    {
      name: 'the recorder of an account',
      target: accountTarget('111122223333', 'eu-central-1', { recorder: 'default' }),
      does: ['config:StartConfigurationRecorder'],
    },
  ],
};
