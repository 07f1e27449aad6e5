import { expect, test } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { openRange } from '../../range/open-range.ts';
import { takeSnapshot } from '../take-snapshot.ts';
import { trailsAround } from './trails-around.ts';

const account = '444455556666';
const place = { account, region: 'us-east-1' };
const start = Date.UTC(2026, 0, 15);
const uid = `arn:aws:cloudtrail:us-east-1:${account}:trail/production-trail`;

/** An account that is read now and then, while things are changed in it. */
function watched() {
  let at = start;
  const range = openRange({ seed: 'trails', start, now: () => start });
  const store = memoryStore();
  const root = (action: string, input: { readonly [name: string]: string }) => {
    const origin = { ip: '198.51.100.7', userAgent: 'x' };
    const { error } = range.perform({ credentials: { kind: 'root', account }, region: place.region, action, input, origin });
    if (error !== null) throw error;
  };
  const deps = { cloud: range.cloud, store, controls: [], clock: { now: () => ++at }, tenant: 'default' };
  const deleted = (operation = 'DeleteTrail', more: object = {}) => {
    const resource = { uid, type: 'AWS::CloudTrail::Trail', name: 'production-trail', ...place };
    const evidence = { key: 'k', id: 'k', time: start, rule: 'r', operation, service: 's', ...place, resource, ...more };
    return findingUnderTest({ ...place, evidence: [evidence] });
  };
  return {
    take: () => takeSnapshot(deps, account, [place.region]),
    deleteTrail: () => root('cloudtrail:DeleteTrail', { Name: 'production-trail' }),
    makeUser: (name: string) => root('iam:CreateUser', { UserName: name }),
    known: (...args: Parameters<typeof deleted>) => store.within('default', (tx) => trailsAround(tx, deleted(...args))),
  };
}

const wholly = {
  bucket: `example-trail-logs-${account}`,
  prefix: null,
  kmsKey: null,
  isMultiRegion: true,
  isOrganization: false,
  logFileValidation: true,
  globalEvents: true,
  selectors: { basic: [{ IncludeManagementEvents: true, DataResources: [{ Type: 'AWS::S3::Object' }] }], advanced: [] },
};

test('a deleted trail is known by the last snapshot, and by the one before it when that is without', async () => {
  const { take, deleteTrail, known } = watched();
  expect(await known()).toEqual([]);
  await take();
  deleteTrail();
  expect(await known()).toMatchObject([{ uid, props: wholly }]);
  await take();
  expect(await known()).toMatchObject([{ uid, props: wholly }]);
  // The same state again hides nothing.
  await take();
  expect(await known()).toHaveLength(1);
});

test('what changed twice since is not known any more', async () => {
  const { take, deleteTrail, makeUser, known } = watched();
  await take();
  deleteTrail();
  await take();
  makeUser('carol');
  await take();
  expect(await known()).toEqual([]);
});

test('a trail that was only stopped, or not deleted after all, is not asked for', async () => {
  const { take, known } = watched();
  await take();
  expect(await known('StopLogging')).toEqual([]);
  expect(await known('DeleteTrail', { error: 'AccessDenied' })).toEqual([]);
});
