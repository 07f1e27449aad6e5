import type { Json, JsonObject } from '../../core/model/json.ts';
import { fault, isObject, type Operation, type OperationContext, type OperationTable, objects, text, texts } from '../operation.ts';
import { gets, type Kind, lists, makes, named, removes, sets, settings, type Verb } from '../settings.ts';
import type { RegionState } from '../state.ts';

type Context = OperationContext;

const arn =
  (type: string, account = true) =>
  ({ region, account: { id: owner } }: Context, id: string) =>
    `arn:aws:ec2:${region}:${account ? owner : ''}:${type}/${id}`;

function here({ account, region }: Context): RegionState {
  const found = account.regions[region];
  if (found === undefined) throw new RangeError(`no Region ${region}`);
  return found;
}

/** EC2's newer calls are recorded under a name of their own. */
function wrapped(table: OperationTable, ...actions: readonly string[]): OperationTable {
  return Object.fromEntries(
    Object.entries(table).map(([action, operation]): [string, Operation] => [
      action,
      actions.includes(action) ? { ...operation, request: ({ input }) => ({ [`${operation.event}Request`]: input }) } : operation,
    ]),
  );
}

/** A switch of the account in a Region. */
function switchOf(kind: string, initial: JsonObject, verbs: { readonly [name: string]: Verb }): OperationTable {
  return settings(
    { service: 'ec2', kind, id: () => 'region', arn: () => '*', missing: 'InvalidParameterValue', initial: () => initial },
    Object.fromEntries(Object.entries(verbs).map(([name, verb]) => [name, { ...verb, on: () => ['*'] }])),
  );
}

const switches: OperationTable = wrapped(
  {
    ...switchOf(
      'snapshot-block',
      { State: 'block-all-sharing' },
      {
        GetSnapshotBlockPublicAccessState: gets(),
        EnableSnapshotBlockPublicAccess: sets(),
        DisableSnapshotBlockPublicAccess: sets(() => ({ State: 'unblocked' })),
      },
    ),
    ...switchOf(
      'image-block',
      { ImageBlockPublicAccessState: 'block-new-sharing' },
      {
        GetImageBlockPublicAccessState: gets(),
        EnableImageBlockPublicAccess: sets(),
        DisableImageBlockPublicAccess: sets(() => ({ ImageBlockPublicAccessState: 'unblocked' })),
      },
    ),
    ...switchOf(
      'disk-encryption',
      { EbsEncryptionByDefault: true },
      {
        GetEbsEncryptionByDefault: gets(),
        EnableEbsEncryptionByDefault: sets(() => ({ EbsEncryptionByDefault: true })),
        DisableEbsEncryptionByDefault: sets(() => ({ EbsEncryptionByDefault: false })),
      },
    ),
    ...switchOf(
      'disk-key',
      { KmsKeyId: 'alias/aws/ebs' },
      {
        GetEbsDefaultKmsKeyId: gets(),
        ModifyEbsDefaultKmsKeyId: sets(),
        ResetEbsDefaultKmsKeyId: sets(() => ({ KmsKeyId: 'alias/aws/ebs' })),
      },
    ),
    ...switchOf(
      'serial-console',
      { SerialConsoleAccessEnabled: false },
      {
        GetSerialConsoleAccessStatus: gets(),
        EnableSerialConsoleAccess: sets(() => ({ SerialConsoleAccessEnabled: true })),
        DisableSerialConsoleAccess: sets(() => ({ SerialConsoleAccessEnabled: false })),
      },
    ),
  },
  'ec2:ModifyEbsDefaultKmsKeyId',
);

/** Who may make a volume of a snapshot, or launch an image: added and removed one by one. */
function permissions(
  kind: Kind,
  shape: { readonly describe: string; readonly modify: string; readonly answer: string; readonly attribute: string },
): OperationTable {
  const change = (input: JsonObject): { readonly add: readonly JsonObject[]; readonly remove: readonly JsonObject[] } => {
    const permission = input['LaunchPermission'];
    if (isObject(permission)) return { add: objects(permission['Add']), remove: objects(permission['Remove']) };
    const users = [...((input['UserIds'] ?? []) as readonly string[])].map((UserId) => ({ UserId }));
    const all = [...users, ...((input['GroupNames'] ?? []) as readonly string[]).map((Group) => ({ Group }))];
    return input['OperationType'] === 'remove' ? { add: [], remove: all } : { add: all, remove: [] };
  };
  const same = (a: JsonObject, b: JsonObject) => JSON.stringify(a) === JSON.stringify(b);
  const items = (list: readonly JsonObject[]): JsonObject => ({
    items: list.map((one) =>
      Object.fromEntries(Object.entries(one).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value])),
    ),
  });
  const table = settings(kind, {
    [shape.describe]: gets((item) => ({ [shape.answer]: item['permissions'] ?? [] })),
    [shape.modify]: sets((item, { input }) => {
      const { add, remove } = change(input);
      const before = objects(item['permissions']).filter((one) => ![...add, ...remove].some((other) => same(one, other)));
      return { ...item, permissions: [...before, ...add] };
    }),
  });
  const modify = table[`ec2:${shape.modify}`];
  if (modify === undefined) return table;
  return {
    ...table,
    [`ec2:${shape.modify}`]: {
      ...modify,
      request: ({ input }: Context): Json => {
        const { add, remove } = change(input);
        return {
          ...(typeof input['SnapshotId'] === 'string' ? { snapshotId: input['SnapshotId'] } : { imageId: input['ImageId'] ?? '' }),
          [shape.attribute]: {
            ...(add.length === 0 ? {} : { add: items(add) }),
            ...(remove.length === 0 ? {} : { remove: items(remove) }),
          },
        };
      },
    },
  };
}

const sharing: OperationTable = {
  ...permissions(
    {
      service: 'ec2',
      kind: 'snapshot-permission',
      id: named('SnapshotId'),
      arn: arn('snapshot', false),
      missing: 'InvalidSnapshot.NotFound',
      initial: () => ({ permissions: [] }),
    },
    {
      describe: 'DescribeSnapshotAttribute',
      modify: 'ModifySnapshotAttribute',
      answer: 'CreateVolumePermissions',
      attribute: 'createVolumePermission',
    },
  ),
  ...permissions(
    {
      service: 'ec2',
      kind: 'image-permission',
      id: named('ImageId'),
      arn: arn('image', false),
      missing: 'InvalidAMIID.NotFound',
      initial: () => ({ permissions: [] }),
    },
    { describe: 'DescribeImageAttribute', modify: 'ModifyImageAttribute', answer: 'LaunchPermissions', attribute: 'launchPermission' },
  ),
};

const mirrors = wrapped(
  settings(
    {
      service: 'ec2',
      kind: 'traffic-mirror-session',
      id: named('TrafficMirrorSessionId'),
      arn: arn('traffic-mirror-session'),
      missing: 'InvalidTrafficMirrorSessionId.NotFound',
    },
    {
      CreateTrafficMirrorSession: {
        ...makes(
          ({ input }) => input,
          (TrafficMirrorSession) => ({ TrafficMirrorSession }),
          ({ dice }) => `tms-${dice.hex(17)}`,
        ),
        on: (context) => [arn('network-interface')(context, text(context, 'NetworkInterfaceId'))],
        run: (items, _, context) => {
          const { NetworkInterfaceId, SessionNumber } = context.input;
          if (items.all().some((one) => one['NetworkInterfaceId'] === NetworkInterfaceId && one['SessionNumber'] === SessionNumber))
            throw fault(context, 'TrafficMirrorSessionAlreadyExists', 'The interface has a session of that number.');
          const TrafficMirrorSession = { ...context.input, TrafficMirrorSessionId: `tms-${context.dice.hex(17)}` };
          items.set(TrafficMirrorSession.TrafficMirrorSessionId, TrafficMirrorSession);
          return { TrafficMirrorSession };
        },
      },
      DescribeTrafficMirrorSessions: lists((items, context) => ({
        TrafficMirrorSessions: items.filter((one) => filterOf(context, 'network-interface-id').includes(String(one['NetworkInterfaceId']))),
      })),
      DeleteTrafficMirrorSession: removes(),
    },
  ),
  'ec2:CreateTrafficMirrorSession',
);

const acls = settings(
  {
    service: 'ec2',
    kind: 'network-acl',
    id: (context) => named('NetworkAclId')(context) ?? texts(context, 'NetworkAclIds')[0] ?? null,
    arn: arn('network-acl'),
    missing: 'InvalidNetworkAclID.NotFound',
  },
  {
    CreateNetworkAcl: makes(
      (context, NetworkAclId) => ({ ...context.input, NetworkAclId, Entries: [] }),
      (NetworkAcl) => ({ NetworkAcl }),
      ({ dice }) => `acl-${dice.hex(17)}`,
    ),
    DescribeNetworkAcls: { ...gets((item) => ({ NetworkAcls: [item] })), on: () => ['*'] },
    CreateNetworkAclEntry: sets((item, context) => {
      const { NetworkAclId: _id, ...entry } = context.input;
      if (entryOf(item, context) !== undefined)
        throw fault(context, 'NetworkAclEntryAlreadyExists', 'The network acl entry identified by this number exists.');
      return { ...item, Entries: [...objects(item['Entries']), entry] };
    }),
    ReplaceNetworkAclEntry: sets((item, context) => {
      const { NetworkAclId: _id, ...entry } = context.input;
      const found = entryOf(item, context);
      if (found === undefined) throw fault(context, 'InvalidNetworkAclEntry.NotFound', 'The network acl entry does not exist.');
      return { ...item, Entries: objects(item['Entries']).map((one) => (one === found ? entry : one)) };
    }),
    DeleteNetworkAclEntry: sets((item, context) => {
      const found = entryOf(item, context);
      if (found === undefined) throw fault(context, 'InvalidNetworkAclEntry.NotFound', 'The network acl entry does not exist.');
      return { ...item, Entries: objects(item['Entries']).filter((one) => one !== found) };
    }),
  },
);

function entryOf(item: JsonObject, { input }: Context): JsonObject | undefined {
  return objects(item['Entries']).find((one) => one['RuleNumber'] === input['RuleNumber'] && one['Egress'] === input['Egress']);
}

const prefixLists = wrapped(
  settings(
    {
      service: 'ec2',
      kind: 'prefix-list',
      id: (context) => named('PrefixListId')(context) ?? texts(context, 'PrefixListIds')[0] ?? null,
      arn: arn('prefix-list'),
      missing: 'InvalidPrefixListID.NotFound',
    },
    {
      CreateManagedPrefixList: makes(
        ({ input }, PrefixListId) => ({ ...input, PrefixListId, Version: 1, State: 'create-complete' }),
        (PrefixList) => ({ PrefixList }),
        ({ dice }) => `pl-${dice.hex(17)}`,
      ),
      DescribeManagedPrefixLists: { ...gets((item) => ({ PrefixLists: [item] })), on: () => ['*'] },
      GetManagedPrefixListEntries: gets((item) => ({ Entries: item['Entries'] ?? [] })),
      ModifyManagedPrefixList: sets((item, context) => {
        const { input } = context;
        if (input['CurrentVersion'] !== item['Version'])
          throw fault(context, 'PrefixListVersionMismatch', 'The prefix list has a different version number.');
        const gone = objects(input['RemoveEntries']).map(({ Cidr }) => Cidr);
        const kept = objects(item['Entries']).filter(({ Cidr }) => !gone.includes(Cidr));
        return {
          ...item,
          Version: Number(item['Version']) + 1,
          State: 'modify-complete',
          Entries: [...kept, ...objects(input['AddEntries'])],
        };
      }),
    },
  ),
);
const prefixListTable: OperationTable = Object.fromEntries(
  Object.entries(prefixLists).map(([action, operation]): [string, Operation] => [
    action,
    action !== 'ec2:ModifyManagedPrefixList'
      ? operation
      : {
          ...operation,
          // One element for each entry: `AddEntry`.
          request: ({ input: { AddEntries, ...rest } }) => ({
            ModifyManagedPrefixListRequest: { ...rest, ...(AddEntries === undefined ? {} : { AddEntry: objects(AddEntries)[0] ?? {} }) },
          }),
        },
  ]),
);

const peerings = settings(
  {
    service: 'ec2',
    kind: 'vpc-peering-connection',
    id: (context) => named('VpcPeeringConnectionId')(context) ?? texts(context, 'VpcPeeringConnectionIds')[0] ?? null,
    arn: arn('vpc-peering-connection'),
    missing: 'InvalidVpcPeeringConnectionID.NotFound',
  },
  {
    CreateVpcPeeringConnection: {
      reads: false,
      needs: false,
      on: (context) => [arn('vpc-peering-connection')(context, '*')],
      run: (items, _, context) => {
        const VpcPeeringConnection = {
          ...context.input,
          VpcPeeringConnectionId: `pcx-${context.dice.hex(17)}`,
          Status: { Code: 'pending-acceptance' },
        };
        items.set(VpcPeeringConnection.VpcPeeringConnectionId, VpcPeeringConnection);
        return { VpcPeeringConnection };
      },
    },
    DescribeVpcPeeringConnections: { ...gets((item) => ({ VpcPeeringConnections: [item] })), on: () => ['*'] },
    DeleteVpcPeeringConnection: sets((item) => ({ ...item, Status: { Code: 'deleted' } })),
  },
);

/** What works on instances and interfaces, which are not documents of their own. */
const machines: OperationTable = {
  'ec2:ModifyNetworkInterfaceAttribute': write(
    'ModifyNetworkInterfaceAttribute',
    (context) => [
      arn('network-interface')(context, text(context, 'NetworkInterfaceId')),
      ...texts(context, 'Groups').map((id) => arn('security-group')(context, id)),
    ],
    (context) => {
      const region = here(context);
      const id = text(context, 'NetworkInterfaceId');
      const found = region.networkInterfaces[id];
      if (found === undefined) throw fault(context, 'InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
      const Groups = texts(context, 'Groups').map((GroupId) => {
        const group = region.securityGroups[GroupId];
        if (group === undefined) throw fault(context, 'InvalidGroup.NotFound', `The security group '${GroupId}' does not exist`);
        return { GroupId, GroupName: group.name };
      });
      region.networkInterfaces[id] = { ...found, Groups };
      const machine = isObject(found['Attachment']) ? String(found['Attachment']['InstanceId']) : '';
      const instance = region.instances[machine];
      if (instance !== undefined) region.instances[machine] = { ...instance, SecurityGroups: Groups };
      return { Return: true };
    },
  ),
  'ec2:ModifyInstanceAttribute': write(
    'ModifyInstanceAttribute',
    (context) => [arn('instance')(context, text(context, 'InstanceId'))],
    (context) => {
      changeInstance(context, text(context, 'InstanceId'), (instance) => {
        const wanted = objects(context.input['BlockDeviceMappings']);
        const BlockDeviceMappings = objects(instance['BlockDeviceMappings']).map((one) => {
          const change = wanted.find(({ DeviceName }) => DeviceName === one['DeviceName'])?.['Ebs'];
          return isObject(change) && isObject(one['Ebs']) ? { ...one, Ebs: { ...one['Ebs'], ...change } } : one;
        });
        return { ...instance, BlockDeviceMappings };
      });
      return { Return: true };
    },
    // Calls about what is not simulated, such as user data, leave their record.
    ({ input }) => input['BlockDeviceMappings'] !== undefined,
  ),
  'ec2:DescribeIamInstanceProfileAssociations': read('DescribeIamInstanceProfileAssociations', (context) => ({
    IamInstanceProfileAssociations: Object.values(here(context).instances)
      .filter((one) => filterOf(context, 'instance-id').includes(String(one['InstanceId'])) && isObject(one['IamInstanceProfile']))
      .map((one) => ({
        AssociationId: `iip-assoc-${String(one['InstanceId']).slice(2)}`,
        InstanceId: one['InstanceId'] ?? '',
        IamInstanceProfile: one['IamInstanceProfile'] ?? {},
        State: 'associated',
      })),
  })),
  'ec2:DisassociateIamInstanceProfile': write(
    'DisassociateIamInstanceProfile',
    (context) => [arn('instance')(context, instanceOfAssociation(context))],
    (context) => {
      changeInstance(context, instanceOfAssociation(context), ({ IamInstanceProfile: profile, ...instance }) => {
        if (profile === undefined) throw fault(context, 'NoSuchAssociation', 'An invalid association-id was given');
        return instance;
      });
      return {};
    },
  ),
  'ec2:AssociateIamInstanceProfile': {
    ...write(
      'AssociateIamInstanceProfile',
      (context) => [arn('instance')(context, text(context, 'InstanceId'))],
      (context) => {
        changeInstance(context, text(context, 'InstanceId'), (instance) => {
          if (instance['IamInstanceProfile'] !== undefined) throw fault(context, 'IncorrectState', 'There is an existing association.');
          const wanted = context.input['IamInstanceProfile'];
          const profile = Object.values(context.account.instanceProfiles).find((one) => isObject(wanted) && wanted['Arn'] === one.arn);
          if (profile === undefined) throw fault(context, 'InvalidParameterValue', 'Invalid IAM Instance Profile');
          return { ...instance, IamInstanceProfile: { Arn: profile.arn, Id: profile.id } };
        });
        return {};
      },
    ),
    request: ({ input }) => ({ AssociateIamInstanceProfileRequest: input }),
  },
  'ec2:CreateSnapshots': write(
    'CreateSnapshots',
    (context) => [arn('instance')(context, instanceOfSpecification(context)), arn('snapshot', false)(context, '*')],
    (context) => {
      const region = here(context);
      const instance = region.instances[instanceOfSpecification(context)];
      if (instance === undefined) throw fault(context, 'InvalidInstanceID.NotFound', 'The instance does not exist');
      const Tags = objects(context.input['TagSpecifications']).flatMap((one) => objects(one['Tags']));
      const Snapshots = objects(instance['BlockDeviceMappings']).map((one) => {
        const SnapshotId = `snap-${context.dice.hex(17)}`;
        const VolumeId = isObject(one['Ebs']) ? (one['Ebs']['VolumeId'] ?? '') : '';
        region.snapshots[SnapshotId] = { SnapshotId, VolumeId, OwnerId: context.account.id, State: 'pending', Tags };
        return { SnapshotId, VolumeId, State: 'pending' };
      });
      return { Snapshots };
    },
  ),
  'ec2:StopInstances': changeStates('StopInstances', 'stopped', 80),
  'ec2:StartInstances': changeStates('StartInstances', 'running', 16),
};

function changeStates(event: string, Name: string, Code: number): Operation {
  return write(
    event,
    (context) => texts(context, 'InstanceIds').map((id) => arn('instance')(context, id)),
    (context) => {
      const ids = texts(context, 'InstanceIds');
      if (ids.length === 0) throw fault(context, 'MissingParameter', 'The request must contain the parameter InstanceId');
      for (const id of ids) changeInstance(context, id, (instance) => ({ ...instance, State: { Code, Name } }));
      return {};
    },
    (context) => texts(context, 'InstanceIds').every((id) => here(context).instances[id] !== undefined),
  );
}

function changeInstance(context: Context, id: string, change: (instance: JsonObject) => JsonObject): void {
  const { instances } = here(context);
  const instance = instances[id];
  if (instance === undefined) throw fault(context, 'InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  instances[id] = change(instance);
}

function instanceOfAssociation(context: Context): string {
  return `i-${text(context, 'AssociationId').replace('iip-assoc-', '')}`;
}

function instanceOfSpecification({ input }: Context): string {
  const of = input['InstanceSpecification'];
  return isObject(of) ? String(of['InstanceId']) : '';
}

/** The values of one filter of a Describe call. */
function filterOf({ input }: Context, name: string): readonly string[] {
  const filter = objects(input['Filters']).find((one) => one['Name'] === name);
  return ((filter?.['Values'] ?? []) as readonly Json[]).map(String);
}

function read(event: string, run: Operation['run']): Operation {
  return { source: 'ec2.amazonaws.com', event, readOnly: true, on: () => ['*'], run };
}

function write(
  event: string,
  on: (context: Context) => readonly string[],
  run: Operation['run'],
  isKnown?: Operation['isKnown'],
): Operation {
  return {
    source: 'ec2.amazonaws.com',
    event,
    readOnly: false,
    on,
    run,
    ...(isKnown === undefined ? {} : { isKnown }),
    response: () => ({ _return: true }),
  };
}

/** `ec2:` operations that playbooks need beside those of ec2.ts. */
export const ec2More: OperationTable = { ...switches, ...sharing, ...mirrors, ...acls, ...prefixListTable, ...peerings, ...machines };
