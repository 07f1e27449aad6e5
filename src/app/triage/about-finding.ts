import { type AccountIndex, indexAccount } from '../../core/decide/about/account-index.ts';
import { codeOf } from '../../core/decide/about/code-of.ts';
import { dataOf } from '../../core/decide/about/data-of.ts';
import { exploitedOf } from '../../core/decide/about/exploited-of.ts';
import { exposedOf } from '../../core/decide/about/exposed-of.ts';
import { type OwnerWords, ownerOf } from '../../core/decide/about/owner-of.ts';
import { reachOf } from '../../core/decide/about/reach-of.ts';
import { textAt } from '../../core/lib/json-at.ts';
import type { About, Deployer } from '../../core/model/decide-context.ts';
import type { Finding, FindingKind } from '../../core/model/finding.ts';
import type { Resource, Snapshot } from '../../core/model/resource.ts';
import { type Severity, severities } from '../../core/model/severity.ts';
import type { Tolerance } from '../../core/model/tolerance.ts';
import type { Tx } from '../../core/ports/store.ts';

/** Only what matters to the risk is read, and of an account with very many not all. */
const grave: readonly Severity[] = ['Critical', 'High'];
const mostStanding = 400;

const nobody: AccountIndex = indexAccount([]);

/**
 * What a finding is about: tags, owner and code from the last snapshot of its account, where one gets from there, which data lies there, and by the
 * other open findings whether it is exposed and attacked. `exposing`: ids of the controls whose failures expose; `deployer`: who changed it last, where that was asked.
 */
export async function aboutFinding(
  tx: Tx,
  finding: Finding,
  words: OwnerWords & Pick<Tolerance, 'dataTags'>,
  {
    exposing = new Set(),
    deployer,
  }: { readonly exposing?: ReadonlySet<string> | undefined; readonly deployer?: Deployer | null | undefined } = {},
): Promise<About> {
  const { dataTags = [] } = words;
  const uids = new Set([
    ...finding.resources.map(({ uid }) => uid),
    ...(finding.actor?.issuer === undefined ? [] : [finding.actor.issuer]),
  ]);
  const account = await accountOf(tx, finding.account);
  const tags = tagsOf(finding, account ?? nobody);
  const open = async (kind: FindingKind, of: readonly Severity[]) => {
    if (uids.size === 0) return [];
    const filter = {
      account: finding.account,
      kind,
      state: 'open',
      leads: true,
      severities: of,
      order: 'gravest',
      limit: mostStanding,
    } as const;
    return (await tx.findings.list(filter)).map((row) => row.finding).filter(({ id }) => id !== finding.id);
  };
  const isOnSame = ({ resources }: Finding) => resources.some(({ uid }) => uids.has(uid));
  const weaknesses = await open('compliance', grave);
  const attacks = await inIncidents(tx, (await open('detection', grave)).filter(isOnSame));
  const { owner, unknown } = ownerOf(finding, tags, deployer, account, words);
  return {
    tags,
    owner,
    ...(unknown.length === 0 ? {} : { ownerUnknown: unknown }),
    standing: weaknesses
      .filter(isOnSame)
      .map(({ rule, severity }) => ({ rule: rule.id, severity }))
      .sort((a, b) => (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)),
    code: codeOf(tags),
    ...(deployer === undefined ? {} : { deployer }),
    reach: reachOf(finding, account ?? nobody),
    data: dataOf(finding, tags, dataTags, (await open('data-security', severities)).filter(isOnSame)),
    exposed: exposedOf(finding, account, weaknesses, exposing),
    exploited: exploitedOf(finding, await open('vulnerability', grave), attacks),
  };
}

/** What tags are asked of: resources by their uid. */
export interface Tagged {
  readonly byUid: ReadonlyMap<string, Pick<Resource, 'tags'>>;
}

/** Tags of what the finding is about first, then of the role that did it. */
export function tagsOf({ resources, actor }: Pick<Finding, 'resources' | 'actor'>, { byUid }: Tagged): About['tags'] {
  const tags: Record<string, string> = {};
  const issuer = actor?.issuer;
  for (const uid of [
    ...resources.map((resource) => resource.uid).filter((one) => one !== issuer),
    ...(issuer === undefined ? [] : [issuer]),
  ])
    for (const [key, value] of Object.entries(byUid.get(uid)?.tags ?? {}))
      if (!Object.hasOwn(tags, key)) Object.defineProperty(tags, key, { value, enumerable: true, configurable: true, writable: true });
  return tags;
}

/** One that stands alone, and is no incident, may be anything. */
async function inIncidents(tx: Tx, findings: readonly Finding[]): Promise<readonly Finding[]> {
  if (findings.length === 0) return [];
  const members = await tx.incidents.members(findings.map(({ id }) => id));
  const inOne = new Set(members.filter(({ incident }) => incident !== null).map(({ member }) => member.finding));
  return findings.filter(({ id }) => inOne.has(id));
}

/** The last snapshot of an account, or the last that said something else before it; null where there is none. */
export async function accountOf(tx: Tx, account: string, which: 'document' | 'before' = 'document'): Promise<AccountIndex | null> {
  const document = textAt((await tx.settings.get(`snapshot/${account}`)) ?? undefined, which);
  return document === null ? null : read(tx, document);
}

/** The last snapshots by hash: many findings of one account are decided one after the other. */
const held = new Map<string, AccountIndex>();
const mostHeld = 8;

async function read(tx: Tx, hash: string): Promise<AccountIndex | null> {
  const known = held.get(hash);
  if (known !== undefined) return known;
  const text = await tx.documents.get(hash);
  if (text === null) return null;
  const { resources, unread } = JSON.parse(text) as Snapshot;
  const index = indexAccount(resources, unread);
  const [oldest] = held.keys();
  if (held.size >= mostHeld && oldest !== undefined) held.delete(oldest);
  held.set(hash, index);
  return index;
}
