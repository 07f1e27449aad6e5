import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { canonicalJson } from '../src/core/lib/canonical-json.ts';
import { sha256 } from '../src/core/lib/hash.ts';
import { sealFinding } from '../src/core/lib/seal-finding.ts';
import type { DecideContext } from '../src/core/model/decide-context.ts';
import type { Finding } from '../src/core/model/finding.ts';
import type { Tolerance } from '../src/core/model/tolerance.ts';
import type { Engine } from '../src/core/ports/engine.ts';
import type { DecisionRow } from '../src/core/ports/store.ts';
import { Dice } from '../src/range/dice.ts';

/** What replay needs of a decision's row. */
export type StoredDecision = Pick<DecisionRow, 'findingHash' | 'contextHash' | 'toleranceHash' | 'engine' | 'decisionHash'>;

/** A page of decisions with the place of its documents in the file. */
interface Page {
  readonly offset: number;
  readonly length: number;
  readonly rows: readonly StoredDecision[];
  /** Hash, offset in the page, length. */
  readonly documents: readonly (readonly [hash: string, offset: number, length: number])[];
}

/** Decisions whose argument documents lie in a file, read a page at a time as `replay` reads them from the database. */
export interface DecisionStore {
  readonly decisions: number;
  /** Bytes of finding and context of one decision, on average. */
  readonly argumentBytes: number;
  /** The file's bytes of each page, decoded, with its rows. */
  pages(): Iterable<{ readonly rows: readonly StoredDecision[]; readonly texts: Map<string, string | null> }>;
  close(): void;
}

const perPage = 500;

/** Makes `n` different decisions with about 2 kB of finding and context each, run once by the engine. */
export function writeDecisions(path: string, n: number, bundle: string, engine: Engine): DecisionStore {
  const dice = new Dice('decisions');
  const tolerance = canonicalJson(toleranceOf());
  const shared = new Map<string, string | null>([
    [sha256(tolerance), tolerance],
    [sha256(bundle), bundle],
  ]);
  const file = openSync(path, 'w+');
  const pages: Page[] = [];
  let offset = 0;
  let total = 0;
  for (let done = 0; done < n; ) {
    const rows: StoredDecision[] = [];
    const documents: [string, number, number][] = [];
    const parts: Buffer[] = [];
    let length = 0;
    for (; rows.length < perPage && done < n; done++) {
      const finding = canonicalJson(findingOf(dice, done));
      const context = canonicalJson(contextOf(dice, done));
      const hashes = [finding, context].map((text) => {
        const bytes = Buffer.from(text);
        const hash = sha256(bytes);
        documents.push([hash, length, bytes.length]);
        parts.push(bytes);
        length += bytes.length;
        return hash;
      });
      rows.push({
        findingHash: hashes[0] ?? '',
        contextHash: hashes[1] ?? '',
        toleranceHash: sha256(tolerance),
        engine: sha256(bundle),
        decisionHash: sha256(engine(finding, context, tolerance)),
      });
    }
    writeSync(file, Buffer.concat(parts));
    pages.push({ offset, length, rows, documents });
    offset += length;
    total += length;
  }
  return {
    decisions: n,
    argumentBytes: Math.round(total / n),
    *pages() {
      for (const page of pages) {
        const bytes = Buffer.allocUnsafe(page.length);
        readSync(file, bytes, 0, page.length, page.offset);
        const texts = new Map(shared);
        for (const [hash, at, size] of page.documents) texts.set(hash, bytes.toString('utf8', at, at + size));
        yield { rows: page.rows, texts };
      }
    },
    close: () => closeSync(file),
  };
}

const account = '111122223333';

function findingOf(dice: Dice, n: number): Finding {
  const user = `arn:aws:iam::${account}:user/user-${n}`;
  const time = 1_767_594_067_000 + n * 1_000;
  const actor = { type: 'IAMUser', uid: user, name: `user-${n}`, principalId: dice.id('AIDA'), accessKeyId: dice.id('AKIA', 16), account };
  return sealFinding({
    format: 'jobzero.finding/1',
    tenant: 'default',
    id: dice.hex(32),
    kind: 'detection',
    rule: {
      id: 'aws.iam.access-key-created-for-other-user',
      major: 1,
      title: 'Access key created for another user',
      description: 'A key for another user is a way to stay that survives the loss of the first one.',
      techniques: ['T1098.001'],
      tactics: ['persistence'],
    },
    severity: 'High',
    group: { account, actor: user, resource: user },
    bucket: time - (time % 86_400_000),
    account,
    region: 'us-east-1',
    actor,
    resources: [{ uid: user, type: 'AWS::IAM::User', name: `user-${n}`, account, region: 'us-east-1' }],
    firstTime: time,
    lastTime: time,
    count: { n: 1, atLeast: false },
    evidence: [
      {
        key: `${account}/${dice.uuid()}`,
        id: dice.uuid(),
        time,
        rule: 'aws.iam.access-key-created-for-other-user',
        operation: 'CreateAccessKey',
        service: 'iam.amazonaws.com',
        account,
        region: 'us-east-1',
        ip: '198.51.100.7',
        userAgent: 'aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux',
      },
    ],
    message: `Access key created for another user: user-${n} called CreateAccessKey on user-${n} in account ${account}.`,
  });
}

function contextOf(dice: Dice, n: number): DecideContext {
  return {
    format: 'jobzero.context/1',
    at: 1_767_594_067_000 + n * 1_000,
    stopped: n % 50 === 0,
    evidence: n % 3 === 0 ? 'unvalidated' : 'validated',
    ownAction: null,
    startedLastHour: { everywhere: n % 12, account: n % 7 },
    own: [`arn:aws:iam::${account}:role/jobzero-*`],
    offers: [
      {
        playbook: 'aws.iam.contain-access-key',
        version: 1,
        target: {
          account,
          region: 'us-east-1',
          uid: `arn:aws:iam::${account}:user/user-${n}`,
          params: { userName: `user-${n}`, accessKeyId: dice.id('AKIA', 16) },
        },
        approval: 'none',
        reversible: true,
        risks: ['legitimate-use'],
        blastRadius: `Whatever uses this access key of user-${n} is refused until the key is active again.`,
        inverse: 'The access key is active again.',
        armed: n % 4 !== 0,
        liveState: n % 11 === 0 ? 'gone' : 'present',
        legitimateUse: n % 5 === 0 ? 'some' : 'none',
        servesProduction: 'no',
      },
    ],
  };
}

function toleranceOf(): Tolerance {
  return {
    format: 'jobzero.tolerance/1',
    default: {
      act: 'alone',
      playbooks: {},
      decideFrom: 'Medium',
      askFrom: 'High',
      acceptLegitimateUse: [],
      acceptProductionUse: [],
      askActorFrom: 'Medium',
      askActorFor: 0,
      onSilence: 'ask',
      impact: 0,
    },
    accounts: { '444455556666': { act: 'ask' } },
    closeAfterDays: 7,
    shadowDays: 7,
    signals: [],
    units: [],
    announced: [],
    people: {},
    ownerTags: [],
    caps: { perHour: 10, perAccountHour: 5 },
    protected: ['arn:aws:iam::*:user/break-glass-*', 'arn:aws:iam::*:role/OrganizationAccountAccessRole'],
    freezes: [{ from: 1_700_000_000_000, until: 1_700_086_400_000, reason: 'year end' }],
    exemptions: [
      { rule: 'aws.iam.policy-attached', owner: 'platform team', reason: 'deployment role', expires: 1_800_000_000_000, account },
    ],
  };
}
