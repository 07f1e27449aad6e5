import { partitionOf } from '../../lib/arn.ts';
import { asObject, textAt } from '../../lib/json-at.ts';
import { meetsWildcard } from '../../lib/wildcard.ts';
import type { About, Deployer } from '../../model/decide-context.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { Tolerance } from '../../model/tolerance.ts';
import type { AccountIndex } from './account-index.ts';

export type OwnerWords = Pick<Tolerance, 'ownerTags' | 'accountOwners'> & Partial<Pick<Tolerance, 'people'>>;

export type Owner = NonNullable<About['owner']>;

/** Tags that only AWS sets: what has the same value was made by the same code. */
const codeTags = [
  'aws:cloudformation:stack-id',
  'aws:servicecatalog:provisionedProductArn',
  'aws:autoscaling:groupName',
  'aws:eks:cluster-name',
];

/**
 * Whose a finding's resources are, by the first of these that says it: their own tags, those of what the same code made, who changed them last, the tolerance's owner of
 * the account, the account's tags, and whom AWS writes to about the account. With what could not be looked at.
 */
export function ownerOf(
  finding: Finding,
  tags: About['tags'],
  deployer: Deployer | null | undefined,
  account: AccountIndex | null,
  words: OwnerWords,
): { readonly owner: Owner | null; readonly unknown: readonly string[] } {
  const { ownerTags, accountOwners = {} } = words;
  const named = Object.hasOwn(accountOwners, finding.account) ? accountOwners[finding.account] : undefined;
  const itself = account?.byUid.get(`arn:${partitionOf(finding.region)}:iam::${finding.account}:root`);
  const contact = itself === undefined ? { owner: null, unknown: [] } : contactOf(itself);
  const owner =
    ownerIn(tags, ownerTags) ??
    (account === null ? null : byCode(finding, account, ownerTags)) ??
    changedLast(finding, deployer, account, words) ??
    (named === undefined ? null : { name: named, from: 'accountOwners of the tolerance' }) ??
    (itself === undefined ? null : from(ownerIn(itself.tags, ownerTags), 'of the account')) ??
    contact.owner;
  return { owner, unknown: owner === null ? [...untold(finding, account), ...contact.unknown] : [] };
}

/** Whose it is by its tags: the first of the tolerance's owner tags that says something; null where none does. */
export function ownerIn(tags: About['tags'], ownerTags: readonly string[]): Owner | null {
  const tag = ownerTags.find((key) => Object.hasOwn(tags, key) && tags[key] !== '');
  return tag === undefined ? null : { name: tags[tag] ?? '', from: `tag ${tag}` };
}

/** What the same code made, and says whose it is: all of it must say the same. */
function byCode({ resources }: Finding, account: AccountIndex, ownerTags: readonly string[]): Owner | null {
  for (const { uid } of resources) {
    const tags = account.byUid.get(uid)?.tags ?? {};
    const key = codeTags.find((one) => Object.hasOwn(tags, one) && tags[one] !== '');
    if (key === undefined) continue;
    const owners = new Set<string>();
    let tag = '';
    for (const other of account.byUid.values()) {
      const owner = other.tags[key] === tags[key] && Object.hasOwn(other.tags, key) ? ownerIn(other.tags, ownerTags) : null;
      if (owner === null) continue;
      owners.add(owner.name);
      tag = owner.from;
    }
    const [name] = owners;
    if (owners.size === 1 && name !== undefined) return { name, from: `${tag} of what the same code made` };
  }
  return null;
}

/** The person who changed it last, or whose the role is that did. Who did what was found is not asked about it as its owner. */
function changedLast(
  { actor }: Finding,
  deployer: Deployer | null | undefined,
  account: AccountIndex | null,
  { ownerTags, people = {} }: OwnerWords,
): Owner | null {
  if (deployer == null || deployer.by === 'service' || deployer.who === actor?.uid) return null;
  const { who } = deployer;
  const person = Object.keys(people)
    .sort()
    .find((name) => (people[name] ?? []).some((pattern) => meetsWildcard(pattern, who)));
  if (person !== undefined) return { name: person, from: 'who changed it last', changedLast: true };
  const role = /:assumed-role\/([^/]+)\//.exec(who)?.[1];
  const principal = role === undefined ? account?.byUid.get(who) : account?.roleByName.get(role);
  const owner = principal === undefined ? null : ownerIn(principal.tags, ownerTags);
  return owner === null ? null : { name: owner.name, from: `${owner.from} of who changed it last`, changedLast: true };
}

const ways = [
  ['securityContact', "the account's security contact"],
  ['operationsContact', "the account's operations contact"],
] as const;

function contactOf({ props, unread }: Resource): { readonly owner: Owner | null; readonly unknown: readonly string[] } {
  const missing = (way: string, says: string) => (Object.hasOwn(unread, way) ? [`${says}: ${unread[way]} failed`] : []);
  for (const [way, says] of ways) {
    const email = textAt(asObject(props[way]) ?? {}, 'email');
    if (email !== null) return { owner: { name: email, from: says }, unknown: [] };
  }
  const email = textAt(props, 'accountEmail');
  return {
    owner: email === null || email === '' ? null : { name: email, from: 'the address that the account was opened with' },
    unknown: [
      ...ways.flatMap(([way, says]) => missing(way, says)),
      ...missing('accountEmail', "the account's address"),
      ...missing('tags', "the account's tags"),
    ],
  };
}

/** Tags of its type that could not be read. */
function untold({ resources }: Finding, account: AccountIndex | null): readonly string[] {
  const missed = (account?.unread ?? []).filter(({ types, region }) =>
    resources.some((one) => types.includes(one.type) && (one.region === region || region === 'aws-global')),
  );
  return [...new Set(missed.map(({ permission }) => `its tags: ${permission} failed`))];
}

function from(owner: Owner | null, of: string): Owner | null {
  return owner === null ? null : { ...owner, from: `${owner.from} ${of}` };
}
