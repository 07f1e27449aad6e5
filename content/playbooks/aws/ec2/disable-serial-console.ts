import { valueAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configure-access-to-serial-console.html */
export const disableSerialConsole: Playbook = {
  id: 'aws.ec2.disable-serial-console',
  version: 1,
  title: 'Disable the serial console',
  why: 'The serial console reaches a machine past its network and its groups. Disabling it ends new connections in the Region; who came in by it before may have left himself another way.',
  handles: ['aws.ec2.serial-console-used'],
  approval: 'none',
  risks: [],
  asks: ({ account, region }) => `Disable the serial console in ${region} of the account ${account}`,
  blastRadius: ({ region }) => `Nobody can repair a machine in ${region} by its serial console; nothing that runs depends on it.`,
  inverse: ({ region }) => `The serial console of ${region} can be used again.`,
  targets: (finding) => accountTargets(finding, ['EnableSerialConsoleAccess', 'SendSerialConsoleSSHPublicKey']),
  partial: true,
  plan: ({ uid }) => [
    setting({
      name: 'Disable access',
      on: [uid],
      read: { action: 'ec2:GetSerialConsoleAccessStatus', input: {} },
      state: (answer) => valueAt(answer, 'SerialConsoleAccessEnabled') === true,
      want: () => false,
      write: { action: 'ec2:DisableSerialConsoleAccess', input: {}, with: () => ({}) },
      back: () => [{ action: 'ec2:EnableSerialConsoleAccess', input: {} }],
      says: 'the serial console cannot be used',
    }),
  ],
  undoes: ['ec2:EnableSerialConsoleAccess'],
  examples: [{ name: 'a Region', target: accountTarget('111122223333', 'eu-central-1'), does: ['ec2:DisableSerialConsoleAccess'] }],
};
