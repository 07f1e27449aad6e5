import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { publicPem } from '../app/ledger/trusted-keys.ts';
import { checkProofFile } from '../app/wire/ledger-files.ts';
import { checkpointBody, checkpointNote, verifierKey } from '../core/lib/checkpoint.ts';
import { leafHash } from '../core/lib/merkle.ts';
import { openSigningKey } from '../edge/postgres/signing-key.ts';
import { runCli } from './cli-under-test.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobzero-proof-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const cli = (line: string) => runCli(line.split(' '), { checkProof: checkProofFile });

test('a proof is checked with a file and a public key, and without a database', async () => {
  const signer = await openSigningKey(at('ledger.key.pem'));
  const key = { name: 'jobzero/default', publicKey: signer.publicKey };
  const body = checkpointBody({ origin: key.name, size: 1, root: leafHash('{}').toString('base64') });
  const checkpoint = checkpointNote(body, key, await signer.sign(Buffer.from(body)));
  const proof = { format: 'jobzero.ledger-inclusion/1', index: 0, leaf: '{}', hashes: [], checkpoint };
  writeFileSync(at('proof.json'), JSON.stringify(proof));
  writeFileSync(at('forged.json'), JSON.stringify({ ...proof, leaf: '{"\u001b[2J":1}' }));
  writeFileSync(at('key.pem'), publicPem(verifierKey(key)));
  writeFileSync(at('kept.log'), checkpoint);

  const good = await cli(`ledger check-proof ${at('proof.json')} --key ${at('key.pem')}`);
  expect([good.code, good.out.split('\n')[0]]).toEqual([0, 'proven: leaf 0 is in the log of 1 leaf, jobzero/default']);
  expect(good.err).toContain('on the signature in the proof');
  const kept = await cli(`ledger check-proof ${at('proof.json')} --key ${verifierKey(key)} --checkpoint ${at('kept.log')} --format json`);
  expect([kept.code, JSON.parse(kept.out)]).toMatchObject([0, { ok: true, basis: 'outside-checkpoint', faults: [] }]);

  const forged = await cli(`ledger check-proof ${at('forged.json')} --key ${at('key.pem')}`);
  expect(forged.code).toBe(1);
  expect(forged.out).toContain('NOT PROVEN');
  expect(forged.out).toContain('not-included: the hashes do not lead from leaf 0 to the root of size 1\n');
  expect(forged.out).not.toContain('\u001b[2J');
  expect(await cli(`ledger check-proof ${at('proof.json')} --key ${at('key.pem')} --origin jobzero/other`)).toMatchObject({
    code: 1,
    out: expect.stringContaining('another-log: the checkpoint of size 1 is of the log jobzero/default\n'),
  });
  expect(await cli(`ledger check-proof ${at('proof.json')} --key ${at('ledger.key.pem')}`)).toMatchObject({
    code: 2,
    err: expect.stringContaining('private key'),
  });
  expect(await cli(`ledger check-proof ${at('proof.json')}`)).toMatchObject({ code: 2, err: expect.stringContaining('Give --key') });
  expect(await cli(`ledger check-proof ${at('kept.log')} --key ${at('key.pem')}`)).toMatchObject({ code: 2 });
});
