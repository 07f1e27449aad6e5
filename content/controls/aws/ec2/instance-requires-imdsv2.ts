import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';

const reads = 'ec2:DescribeInstances';

export const instanceRequiresImdsv2: Control = {
  id: 'aws.ec2.instance-requires-imdsv2',
  title: 'An instance gives its credentials to version 2 requests only',
  why: "With version 1 of the metadata service, one forged request through an application is enough to read the instance role's credentials.",
  severity: 'High',
  type: 'AWS::EC2::Instance',
  reads: [reads],
  remediation:
    'See by the metric MetadataNoToken whether version 1 is used, then set HttpTokens to required, and as the default of the account and Region.',
  assess: (instance) => {
    const metadata = instance.props['metadata'];
    if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return unread(instance, 'metadata', reads);
    const options = metadata as { readonly [key: string]: unknown };
    if (options['endpoint'] === 'disabled') return { status: 'Pass', reason: `Instance ${instance.name} has no metadata service.` };
    if (options['tokens'] === 'required')
      return { status: 'Pass', reason: `Instance ${instance.name} requires version 2 of the metadata service.` };
    if (options['tokens'] !== 'optional') return unread(instance, 'metadata', reads);
    return {
      status: 'Fail',
      reason: `Instance ${instance.name} answers version 1 of the metadata service.`,
      facts: { instanceId: instance.props['instanceId'] ?? null, metadata },
    };
  },
  examples: [
    { name: 'version 1', resource: { props: { metadata: { endpoint: 'enabled', tokens: 'optional', hops: 1 } } }, expect: 'Fail' },
    { name: 'version 2', resource: { props: { metadata: { endpoint: 'enabled', tokens: 'required', hops: 1 } } }, expect: 'Pass' },
    { name: 'none at all', resource: { props: { metadata: { endpoint: 'disabled', tokens: 'optional', hops: 1 } } }, expect: 'Pass' },
    { name: 'not said', resource: { props: { metadata: null } }, expect: 'Unknown' },
  ],
};
