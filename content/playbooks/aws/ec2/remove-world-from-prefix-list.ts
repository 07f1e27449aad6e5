import { parseBlock } from '../../../../src/core/lib/cidr.ts';
import { asObject, listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { ec2Targets, exampleEc2 } from '../../../../src/core/lib/plans/ec2.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/**
 * Takes the entries that are wider than any network out of a prefix list. A change must name the version of the list that it changes:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html
 */
export const removeWorldFromPrefixList: Playbook = {
  id: 'aws.ec2.remove-world-from-prefix-list',
  version: 1,
  title: 'Take the whole internet out of an address list',
  why: 'Every security group that names the list lets everyone in, and none of the groups shows it. Connections that are open already are tracked and live on.',
  handles: ['aws.ec2.prefix-list-opened-to-world'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: ({ params }) => `Take the whole internet out of the address list ${String(params['listId'])}`,
  blastRadius: ({ params }) =>
    `What groups and routes let in or out by the wide entries of ${String(params['listId'])} is refused, outgoing traffic among it where a rule for that names the list.`,
  inverse: ({ params }) => `The address list ${String(params['listId'])} has its wide entries back.`,
  targets: (finding) => ec2Targets(finding, { type: 'prefix-list', prefix: 'pl', param: 'listId' }),
  plan: ({ uid, params }) => {
    const PrefixListId = String(params['listId']);
    const read = { action: 'ec2:GetManagedPrefixListEntries', input: { PrefixListId } };
    return [
      {
        name: 'Remove the wide entries',
        on: [uid],
        read: { ...read, keep: 'entries' },
        captures: wide,
        do: {
          action: 'ec2:ModifyManagedPrefixList',
          input: { PrefixListId },
          once: 'sets-state',
          fill: (kept) => ({
            PrefixListId,
            CurrentVersion: valueAt(kept, 'list', 'PrefixLists', 0, 'Version'),
            RemoveEntries: wide(kept['entries'] ?? null).map((entry) => ({ Cidr: entry['Cidr'] ?? null })),
          }),
        },
        verify: {
          ...read,
          expect: (answer) => answer !== null && wide(answer).length === 0,
          says: 'no entry is wider than a /8',
          withinSeconds: 120,
        },
        undo: (kept) => {
          const entries = wide(kept['entries'] ?? null);
          const before = valueAt(kept, 'list', 'PrefixLists', 0, 'Version');
          if (entries.length === 0) return [];
          return [
            {
              action: 'ec2:ModifyManagedPrefixList',
              // Ours was the one change since, or undo would ask.
              input: { PrefixListId, CurrentVersion: typeof before === 'number' ? before + 1 : null, AddEntries: entries },
            },
          ];
        },
      },
    ];
  },
  requires: ({ uid, params }) => [
    {
      name: 'The list can be changed',
      on: [uid],
      read: { action: 'ec2:DescribeManagedPrefixLists', input: { PrefixListIds: [String(params['listId'])] }, keep: 'list' },
      expect: (answer) => /complete$/.test(textAt(answer, 'PrefixLists', 0, 'State') ?? ''),
      says: `The address list ${String(params['listId'])} is gone, or is being changed.`,
    },
  ],
  undoes: ['ec2:ModifyManagedPrefixList'],
  examples: [
    {
      name: 'a list',
      target: exampleEc2('prefix-list', 'pl-0a1b2c3d4e5f60718', { listId: 'pl-0a1b2c3d4e5f60718' }),
      does: ['ec2:ModifyManagedPrefixList'],
    },
  ],
};

/** Entries wider than any block that an organisation has. */
function wide(answer: Json): readonly JsonObject[] {
  return listAt(answer, 'Entries')
    .flatMap((entry): readonly JsonObject[] => [asObject(entry) ?? {}])
    .filter((entry) => {
      const block = parseBlock(textAt(entry, 'Cidr') ?? '');
      return block !== null && block.prefix < (block.address.family === 4 ? 8 : 16);
    })
    .toSorted((a, b) => (String(a['Cidr']) < String(b['Cidr']) ? -1 : 1));
}
