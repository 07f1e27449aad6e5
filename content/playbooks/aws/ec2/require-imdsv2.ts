import { textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { ec2Targets, exampleEc2 } from '../../../../src/core/lib/plans/ec2.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataOptions.html */
export const requireImdsv2: Playbook = {
  id: 'aws.ec2.require-imdsv2',
  version: 1,
  title: 'Require tokens for instance metadata',
  why: 'Without tokens, whoever makes a program on the machine fetch an address of his choice gets the credentials of its role. It stops nobody who is on the machine already, and credentials that were taken live on: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html',
  handles: ['aws.ec2.metadata-without-token-allowed', 'aws.ec2.instance-requires-imdsv2'],
  reported: ['config/ec2-imdsv2-check', 'security-hub/EC2.8'],
  approval: 'none',
  risks: ['workload'],
  asks: ({ params }) => `Require tokens for the metadata of ${String(params['instanceId'])}`,
  blastRadius: ({ params }) =>
    `Software on ${String(params['instanceId'])} that is too old to ask for a token loses its credentials; the metric MetadataNoToken tells whether there is any.`,
  inverse: ({ params }) => `The metadata of ${String(params['instanceId'])} answers as before, without a token where it did.`,
  targets: (finding) => ec2Targets(finding, { type: 'instance', prefix: 'i', param: 'instanceId' }),
  plan: ({ uid, params }) => {
    const id = String(params['instanceId']);
    return [
      setting({
        name: 'Require tokens',
        on: [uid],
        read: { action: 'ec2:DescribeInstances', input: { InstanceIds: [id] } },
        state: (answer) => textAt(valueAt(answer, 'Reservations', 0, 'Instances', 0), 'MetadataOptions', 'HttpTokens'),
        want: () => 'required',
        write: { action: 'ec2:ModifyInstanceMetadataOptions', input: { InstanceId: id }, with: (HttpTokens) => ({ HttpTokens }) },
        says: 'tokens are required',
      }),
    ];
  },
  undoes: ['ec2:ModifyInstanceMetadataOptions'],
  examples: [
    {
      name: 'an instance',
      target: exampleEc2('instance', 'i-0a1b2c3d4e5f60718', { instanceId: 'i-0a1b2c3d4e5f60718' }),
      does: ['ec2:ModifyInstanceMetadataOptions'],
    },
  ],
};
