import { textAt } from '../../core/lib/json-at.ts';
import type { About } from '../../core/model/decide-context.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Resource, Snapshot } from '../../core/model/resource.ts';
import type { Severity } from '../../core/model/severity.ts';
import type { FindingRow, Tx } from '../../core/ports/store.ts';

/** Only weaknesses that matter to the risk are read, and of an account with very many not all. */
const grave: readonly Severity[] = ['Critical', 'High'];
const mostStanding = 200;

/** Tags, owner and grave open weaknesses of what a finding is about, from the last snapshot of its account. */
export async function aboutFinding(tx: Tx, finding: Finding, ownerTags: readonly string[]): Promise<About> {
  const uids = new Set([
    ...finding.resources.map(({ uid }) => uid),
    ...(finding.actor?.issuer === undefined ? [] : [finding.actor.issuer]),
  ]);
  const found = (await resourcesOf(tx, finding.account)).filter(({ uid }) => uids.has(uid));
  // Of what the finding is about first, then of the role that did it.
  const about = [...found.filter(({ uid }) => uid !== finding.actor?.issuer), ...found.filter(({ uid }) => uid === finding.actor?.issuer)];
  const tags: Record<string, string> = {};
  for (const { tags: own } of about)
    for (const [key, value] of Object.entries(own))
      if (!Object.hasOwn(tags, key)) Object.defineProperty(tags, key, { value, enumerable: true, configurable: true, writable: true });
  const tag = ownerTags.find((key) => Object.hasOwn(tags, key) && tags[key] !== '');
  const standing: FindingRow[] = [];
  for (const severity of uids.size === 0 ? [] : grave)
    standing.push(
      ...(await tx.findings.list({ account: finding.account, kind: 'compliance', state: 'open', severity, limit: mostStanding })),
    );
  return {
    tags,
    owner: tag === undefined ? null : { name: tags[tag] ?? '', from: `tag ${tag}` },
    standing: standing
      .filter(({ finding: other }) => other.id !== finding.id && other.resources.some(({ uid }) => uids.has(uid)))
      .map(({ finding: { rule, severity } }) => ({ rule: rule.id, severity }))
      .sort((a, b) => (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)),
  };
}

async function resourcesOf(tx: Tx, account: string): Promise<readonly Resource[]> {
  const document = textAt((await tx.settings.get(`snapshot/${account}`)) ?? undefined, 'document');
  const text = document === null ? null : await read(tx, document);
  return text ?? [];
}

/** The last snapshots by hash: many findings of one account are decided one after the other. */
const held = new Map<string, readonly Resource[]>();
const mostHeld = 8;

async function read(tx: Tx, hash: string): Promise<readonly Resource[] | null> {
  const known = held.get(hash);
  if (known !== undefined) return known;
  const text = await tx.documents.get(hash);
  if (text === null) return null;
  const { resources } = JSON.parse(text) as Snapshot;
  const [oldest] = held.keys();
  if (held.size >= mostHeld && oldest !== undefined) held.delete(oldest);
  held.set(hash, resources);
  return resources;
}
