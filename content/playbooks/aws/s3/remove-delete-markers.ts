import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { bucketOf, bucketTargets, exampleBucket } from '../../../../src/core/lib/plans/bucket.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/** Keys that one DeleteObjects takes, and versions that one list gives. */
const most = 1000;

/**
 * Removes the delete markers that were put since an attack began, so that the versions below them are the objects again.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManagingDelMarkers.html
 */
export const removeDeleteMarkers: Playbook = {
  id: 'aws.s3.remove-delete-markers',
  version: 1,
  title: 'Bring back deleted objects that have versions',
  why: 'A delete in a bucket with versions leaves a marker, and without the marker the object is there again. It gives nothing back of what was deleted by its version, of what was overwritten, of buckets without versions, nor of objects that were encrypted with a key of somebody else. More than a thousand versions are a matter for S3 Batch Operations and a person.',
  handles: ['aws.s3.objects-deleted-in-bulk', 'aws.s3.objects-emptied-and-note-left'],
  approval: 'two-persons',
  risks: ['legitimate-use'],
  asks: ({ params }) => `Bring back what was deleted from the bucket ${String(params['bucket'])} since ${String(params['since'])}`,
  blastRadius: ({ params }) =>
    `Objects of ${String(params['bucket'])} that somebody deleted rightly since ${String(params['since'])} are there again, and cost storage.`,
  inverse: ({ params }) => `The objects of ${String(params['bucket'])} are hidden again by new delete markers; their versions stay.`,
  targets: (finding) =>
    bucketTargets(finding, {
      operations: ['DeleteObject', 'DeleteObjects'],
      params: (evidence) => {
        const first = Math.min(...evidence.map(({ time }) => time));
        return Number.isFinite(first) ? { since: new Date(first).toISOString() } : null;
      },
    }),
  partial: true,
  requires: (target) => [
    {
      name: 'The markers fit into one call',
      on: onOf(target),
      read: { ...listOf(target), keep: 'versions' },
      expect: (answer) => {
        const hidden = markersSince(answer, target).length;
        return valueAt(answer, 'IsTruncated') !== true && hidden > 0 && hidden <= most;
      },
      says: `The bucket ${String(target.params['bucket'])} has no delete markers since ${String(target.params['since'])}, or more versions than one list tells: what is gone by its version nothing brings back, and many are a matter for S3 Batch Operations.`,
    },
  ],
  plan: (target) => {
    const input = bucketOf(target);
    return [
      {
        name: 'Remove the delete markers',
        on: onOf(target),
        read: { ...listOf(target), keep: 'markers' },
        captures: (answer) => markersSince(answer, target).map((marker) => textAt(marker, 'Key')),
        do: {
          action: 's3:DeleteObjectVersions',
          input,
          once: 'sets-state',
          fill: (kept) => ({
            ...input,
            Delete: {
              Quiet: true,
              Objects: markersSince(valueAt(kept, 'markers'), target).map((marker) => ({
                Key: textAt(marker, 'Key'),
                VersionId: textAt(marker, 'VersionId'),
              })),
            },
          }),
        },
        verify: {
          ...listOf(target),
          expect: (answer) => answer !== null && markersSince(answer, target).length === 0,
          says: 'no object is hidden by a delete marker of that time',
          withinSeconds: 60,
        },
        undo: (kept) => {
          const keys = markersSince(valueAt(kept, 'markers'), target).map((marker): JsonObject => ({ Key: textAt(marker, 'Key') }));
          return keys.length === 0 ? [] : [{ action: 's3:DeleteObjects', input: { ...input, Delete: { Quiet: true, Objects: keys } } }];
        },
      },
    ];
  },
  undoes: ['s3:DeleteObjects'],
  examples: [{ name: 'since an attack', target: exampleBucket({ since: '2026-01-15T09:00:00.000Z' }), does: ['s3:DeleteObjectVersions'] }],
};

function onOf({ uid }: Target): readonly string[] {
  return [uid, `${uid}/*`];
}

function listOf(target: Target) {
  return { action: 's3:ListBucketVersions', input: bucketOf(target) };
}

/** The markers that hide an object now and were put since then, by key. Times of one form compare as texts. */
function markersSince(answer: Json, { params }: Target): readonly Json[] {
  return listAt(answer, 'DeleteMarkers')
    .filter((marker) => valueAt(marker, 'IsLatest') === true && (textAt(marker, 'LastModified') ?? '') >= String(params['since']))
    .toSorted((a, b) => ((textAt(a, 'Key') ?? '') < (textAt(b, 'Key') ?? '') ? -1 : 1));
}
