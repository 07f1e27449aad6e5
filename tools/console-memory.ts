import { createHash } from 'node:crypto';
import type { Ledger } from '../src/core/ports/ledger.ts';
import type { Challenge, SignIns } from '../src/core/ports/sign-ins.ts';

/** Links and sessions in memory, for tests. */
export function memorySignIns(): SignIns {
  const links = new Map<string, number>();
  const sessions = new Map<string, number>();
  const challenges = new Map<string, Challenge & { spent: boolean }>();
  const confirmed = new Map<string, number>();
  return {
    issue: async (hash, expiresAt) => void links.set(hash, expiresAt),
    spend: async (hash, now) => {
      const expiresAt = links.get(hash);
      return links.delete(hash) && expiresAt !== undefined && expiresAt > now;
    },
    openSession: async (hash, expiresAt) => void sessions.set(hash, expiresAt),
    session: async (hash, now) => {
      const expiresAt = sessions.get(hash);
      return expiresAt === undefined || expiresAt <= now ? null : expiresAt;
    },
    closeSession: async (hash) => void sessions.delete(hash),
    challenge: async (challenge, now, most) => {
      const waiting = [...challenges.values()].filter((one) => one.purpose === challenge.purpose && !one.spent && one.expiresAt > now);
      if (waiting.length >= most) return false;
      challenges.set(challenge.hash, { ...challenge, spent: false });
      return true;
    },
    meet: async (hash, purpose, now) => {
      const known = challenges.get(hash);
      if (known === undefined) return 'unknown';
      if (known.purpose !== purpose) return 'another';
      if (known.spent) return 'spent';
      if (known.expiresAt <= now) return 'expired';
      known.spent = true;
      return 'met';
    },
    confirm: async (purpose, expiresAt) => void confirmed.set(purpose, expiresAt),
    useConfirmed: async (purpose, now) => {
      const expiresAt = confirmed.get(purpose);
      return confirmed.delete(purpose) && expiresAt !== undefined && expiresAt > now;
    },
  };
}

/** RFC 6962's tree hash over the leaves, without signatures: for tests of what shows a ledger, not of the ledger. */
export function memoryLedger(leaves: () => readonly string[]): Ledger {
  const origin = 'jobzero.example/console-world';
  const rootOf = (all: readonly string[]) => treeHash(all.map((leaf) => sha(Buffer.from([0]), Buffer.from(leaf)))).toString('base64');
  const checkpoint = () => {
    const all = leaves();
    if (all.length === 0) return null;
    const root = rootOf(all);
    return { origin, size: all.length, root, note: `${origin}\n${all.length}\n${root}\n` };
  };
  return {
    verifierKey: '',
    checkpoints: async () => [],
    sequence: async () => checkpoint(),
    latest: async () => checkpoint(),
    entries: async (from, limit) =>
      leaves()
        .slice(from, from + limit)
        .map((bytes, index) => ({ index: from + index, bytes })),
    verify: async (outside) => {
      const all = leaves();
      const kept = outside.map((note) => ({ size: Number(note.split('\n')[1]), root: note.split('\n')[2] ?? '' }));
      const wrong = kept.find(({ size, root }) => rootOf(all.slice(0, size)) !== root);
      return {
        ok: wrong === undefined,
        size: all.length,
        root: rootOf(all),
        waiting: 0,
        basis: kept.length === 0 ? 'inside-only' : 'outside-checkpoint',
        outsideSize: kept[0]?.size ?? null,
        faults: wrong === undefined ? [] : [{ fault: 'inconsistent-with-outside', size: wrong.size }],
      };
    },
  };
}

function treeHash(hashes: readonly Buffer[]): Buffer {
  const [first] = hashes;
  if (first === undefined) return sha();
  if (hashes.length === 1) return first;
  const split = 2 ** (Math.ceil(Math.log2(hashes.length)) - 1);
  return sha(Buffer.from([1]), treeHash(hashes.slice(0, split)), treeHash(hashes.slice(split)));
}

function sha(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
