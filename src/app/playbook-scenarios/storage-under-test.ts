import { blockCustomerKeys } from '../../../content/playbooks/aws/s3/block-customer-keys.ts';
import { blockPublicAccessOfAccount } from '../../../content/playbooks/aws/s3/block-public-access-of-account.ts';
import { denyCustomerKeys } from '../../../content/playbooks/aws/s3/deny-customer-keys.ts';
import { disableAccessLists } from '../../../content/playbooks/aws/s3/disable-access-lists.ts';
import { disableEarlyExpiry } from '../../../content/playbooks/aws/s3/disable-early-expiry.ts';
import { removeDeleteMarkers } from '../../../content/playbooks/aws/s3/remove-delete-markers.ts';
import { removeForeignPrincipal } from '../../../content/playbooks/aws/s3/remove-foreign-principal.ts';
import { removePublicGrants } from '../../../content/playbooks/aws/s3/remove-public-grants.ts';
import { removePublicStatements } from '../../../content/playbooks/aws/s3/remove-public-statements.ts';
import { resetDefaultEncryption } from '../../../content/playbooks/aws/s3/reset-default-encryption.ts';
import { resumeVersioning } from '../../../content/playbooks/aws/s3/resume-versioning.ts';
import { suspendReplicationToAccount } from '../../../content/playbooks/aws/s3/suspend-replication-to-account.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import { account, detectionOf, documents, type Organisation, policyFor, type Scenario, twoStates } from './scenario-under-test.ts';

const Bucket = `example-customer-data-${account}`;
const owner = `arn:aws:iam::${account}:root`;
const stranger = 'arn:aws:iam::999988887777:root';
const bucketOf = ({ range }: Organisation) => range.state.accounts[account]?.buckets[Bucket];
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null)) as Json;
const policyOf: Scenario['view'] = (organisation) => asJson(JSON.parse(bucketOf(organisation)?.policy ?? 'null'));
const configuration =
  (name: string): Scenario['view'] =>
  (organisation) =>
    documents(organisation, 's3/configuration/any')[`${Bucket}/${name}`] ?? null;
const bucketFinding =
  (rule: string, operation: string, kept: JsonObject = {}) =>
  ({ range }: Organisation) =>
    detectionOf(
      rule,
      [{ operation, resource: { uid: `arn:aws:s3:::${Bucket}`, type: 'AWS::S3::Bucket', name: Bucket }, kept }],
      range.now(),
    );
const openBucket = ({ root }: Organisation) => {
  root.call('s3:DeletePublicAccessBlock', { Bucket });
  root.call('s3:PutBucketPolicy', { Bucket, Policy: policyFor(owner) });
};
const putPolicy =
  (...principals: readonly string[]): Scenario['attack'] =>
  ({ mallory }) =>
    void mallory.call('s3:PutBucketPolicy', { Bucket, Policy: policyFor(...principals) });
const meddlePolicy = ({ root }: Organisation) =>
  void root.call('s3:PutBucketPolicy', { Bucket, Policy: policyFor(owner, `arn:aws:iam::${account}:role/web-server`) });

const rule = (Days: number): JsonObject => ({ ID: `after ${Days}`, Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days } });
const putRules = (...rules: readonly JsonObject[]): JsonObject => ({ Bucket, LifecycleConfiguration: { Rules: rules } });
const encryption = (more: JsonObject, key: JsonObject = { SSEAlgorithm: 'AES256' }): JsonObject => ({
  Bucket,
  ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: key, BucketKeyEnabled: false, ...more }] },
});
const copies = (Account: string, id: string): JsonObject => ({
  ID: id,
  Status: 'Enabled',
  Priority: 1,
  Filter: { Prefix: '' },
  Destination: { Bucket: 'arn:aws:s3:::example-copy', Account },
});

export const storageScenarios: readonly Scenario[] = [
  {
    name: 'blocks public access of an account',
    playbook: blockPublicAccessOfAccount,
    rule: 'aws.s3.public-access-block-removed',
    attack: ({ mallory }) => void mallory.call('s3:DeleteAccountPublicAccessBlock', { AccountId: account }),
    view: ({ range }) => asJson(range.state.accounts[account]?.publicAccessBlock),
    meddle: ({ root }) =>
      void root.call('s3:PutAccountPublicAccessBlock', { AccountId: account, PublicAccessBlockConfiguration: { BlockPublicAcls: true } }),
    does: ['s3:PutAccountPublicAccessBlock'],
    undoes: ['s3:DeleteAccountPublicAccessBlock'],
  },
  {
    name: 'takes the public statement out of a bucket policy and leaves the rest',
    playbook: removePublicStatements,
    rule: 'aws.s3.bucket-made-public',
    prepare: openBucket,
    attack: putPolicy(owner, '*'),
    view: policyOf,
    meddle: meddlePolicy,
    does: ['s3:PutBucketPolicy'],
    undoes: ['s3:PutBucketPolicy'],
  },
  {
    name: 'removes a bucket policy that is nothing but public',
    playbook: removePublicStatements,
    rule: 'aws.s3.bucket-made-public',
    prepare: openBucket,
    attack: putPolicy('*'),
    view: policyOf,
    meddle: meddlePolicy,
    does: ['s3:DeleteBucketPolicy'],
    undoes: ['s3:PutBucketPolicy'],
  },
  {
    name: 'takes a foreign account out of a bucket policy',
    playbook: removeForeignPrincipal,
    rule: 'aws.s3.bucket-opened-to-foreign-account',
    prepare: openBucket,
    attack: putPolicy(owner, stranger),
    view: policyOf,
    meddle: meddlePolicy,
    does: ['s3:PutBucketPolicy'],
    undoes: ['s3:PutBucketPolicy'],
  },
  {
    name: 'takes everybody out of a bucket access list',
    playbook: removePublicGrants,
    prepare: (organisation) => {
      openBucket(organisation);
      organisation.root.call('s3:PutBucketOwnershipControls', {
        Bucket,
        OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
      });
    },
    attack: ({ mallory }) => void mallory.call('s3:PutBucketAcl', { Bucket, ACL: 'public-read' }),
    finding: bucketFinding('aws.s3.bucket-made-public', 'PutBucketAcl'),
    view: (organisation) => bucketOf(organisation)?.acl ?? null,
    meddle: ({ root }) => void root.call('s3:PutBucketAcl', { Bucket, ACL: 'log-delivery-write' }),
    does: ['s3:PutBucketAcl'],
    undoes: ['s3:PutBucketAcl'],
  },
  {
    name: 'resumes versioning',
    playbook: resumeVersioning,
    prepare: ({ root }) => void root.call('s3:PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    attack: ({ mallory }) => void mallory.call('s3:PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Suspended' } }),
    finding: bucketFinding('aws.s3.versioning-suspended', 'PutBucketVersioning'),
    view: (organisation) => bucketOf(organisation)?.versioning ?? null,
    meddle: twoStates,
    does: ['s3:PutBucketVersioning'],
    undoes: ['s3:PutBucketVersioning'],
    refused: { when: ({ range }) => void delete range.state.accounts[account]?.buckets[Bucket], says: /is gone/ },
  },
  {
    name: 'disables the lifecycle rule that deletes early and leaves the other',
    playbook: disableEarlyExpiry,
    rule: 'aws.s3.bucket-expiry-shortened',
    prepare: ({ root }) => void root.call('s3:PutLifecycleConfiguration', putRules(rule(400))),
    attack: ({ mallory }) => void mallory.call('s3:PutLifecycleConfiguration', putRules(rule(1), rule(400))),
    view: configuration('lifecycle'),
    meddle: ({ root }) => void root.call('s3:PutLifecycleConfiguration', putRules(rule(90))),
    does: ['s3:PutLifecycleConfiguration'],
    undoes: ['s3:PutLifecycleConfiguration'],
  },
  {
    name: 'suspends replication to a foreign account and leaves the other',
    playbook: suspendReplicationToAccount,
    rule: 'aws.s3.replication-to-foreign-account',
    attack: ({ mallory }) =>
      void mallory.call('s3:PutReplicationConfiguration', {
        Bucket,
        ReplicationConfiguration: {
          Role: `arn:aws:iam::${account}:role/copies`,
          Rules: [copies('999988887777', 'out'), copies(account, 'in')],
        },
      }),
    view: configuration('replication'),
    meddle: ({ root }) =>
      void root.call('s3:PutReplicationConfiguration', {
        Bucket,
        ReplicationConfiguration: { Role: `arn:aws:iam::${account}:role/copies`, Rules: [copies(account, 'in')] },
      }),
    does: ['s3:PutReplicationConfiguration'],
    undoes: ['s3:PutReplicationConfiguration'],
  },
  {
    name: 'brings back what an attacker deleted',
    playbook: removeDeleteMarkers,
    prepare: ({ root }) => {
      for (const Key of ['a.csv', 'b.csv', 'gone.csv']) root.call('s3:PutObjectVersion', { Bucket, Key });
      root.call('s3:DeleteObjects', { Bucket, Delete: { Objects: [{ Key: 'gone.csv' }] } });
    },
    attack: ({ mallory }) => void mallory.call('s3:DeleteObjects', { Bucket, Delete: { Objects: [{ Key: 'a.csv' }, { Key: 'b.csv' }] } }),
    finding: ({ range }) =>
      detectionOf(
        'aws.s3.objects-deleted-in-bulk',
        [{ operation: 'DeleteObjects', resource: { uid: `arn:aws:s3:::${Bucket}`, type: 'AWS::S3::Bucket', name: Bucket } }],
        range.now() - 2000,
      ),
    view: (organisation) => hiddenKeys(organisation),
    meddle: ({ root }) => void root.call('s3:DeleteObjects', { Bucket, Delete: { Objects: [{ Key: 'b.csv' }] } }),
    does: ['s3:DeleteObjectVersions'],
    undoes: ['s3:DeleteObjects'],
    refused: {
      when: ({ root, range }) => {
        const all = documents({ range, root } as Organisation, 's3/versions/any')[Bucket]?.['all'] as readonly JsonObject[];
        const Objects = all
          .filter(({ marker }) => marker === true)
          .map(({ Key, VersionId }) => ({ Key: Key ?? '', VersionId: VersionId ?? '' }));
        root.call('s3:DeleteObjectVersions', { Bucket, Delete: { Objects } });
      },
      says: /nothing brings back/,
    },
  },
  {
    name: 'refuses writes with customer-provided keys',
    playbook: denyCustomerKeys,
    prepare: openBucket,
    attack: () => {},
    finding: bucketFinding('aws.s3.objects-encrypted-with-foreign-key', 'CopyObject'),
    view: policyOf,
    meddle: meddlePolicy,
    does: ['s3:PutBucketPolicy'],
    undoes: ['s3:PutBucketPolicy'],
    refused: {
      when: ({ root }) =>
        void root.call('s3:PutBucketPolicy', { Bucket, Policy: policyFor(owner).replace('"S0"', `"${'x'.repeat(20_300)}"`) }),
      says: /no room/,
    },
  },
  {
    name: 'blocks customer-provided keys',
    playbook: blockCustomerKeys,
    rule: 'aws.s3.customer-keys-allowed',
    attack: ({ mallory }) =>
      void mallory.call('s3:PutEncryptionConfiguration', encryption({ BlockedEncryptionTypes: { EncryptionType: ['NONE'] } })),
    view: (organisation) => asJson(bucketOf(organisation)?.encryption),
    meddle: ({ root }) => void root.call('s3:PutEncryptionConfiguration', encryption({ BucketKeyEnabled: true })),
    does: ['s3:PutEncryptionConfiguration'],
    undoes: ['s3:PutEncryptionConfiguration'],
  },
  {
    name: 'encrypts a bucket with the key of S3 again',
    playbook: resetDefaultEncryption,
    rule: 'aws.s3.bucket-encrypted-with-foreign-key',
    attack: ({ mallory }) =>
      void mallory.call(
        's3:PutEncryptionConfiguration',
        encryption({}, { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'arn:aws:kms:us-east-1:999988887777:key/1234' }),
      ),
    view: (organisation) => asJson(bucketOf(organisation)?.encryption),
    meddle: ({ root }) => void root.call('s3:PutEncryptionConfiguration', encryption({ BucketKeyEnabled: true })),
    does: ['s3:PutEncryptionConfiguration'],
    undoes: ['s3:PutEncryptionConfiguration'],
  },
  {
    name: 'disables access lists',
    playbook: disableAccessLists,
    rule: 'aws.s3.access-lists-allowed-again',
    attack: ({ mallory }) =>
      void mallory.call('s3:PutBucketOwnershipControls', { Bucket, OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] } }),
    view: (organisation) => bucketOf(organisation)?.ownership ?? null,
    meddle: twoStates,
    does: ['s3:PutBucketOwnershipControls'],
    undoes: ['s3:PutBucketOwnershipControls'],
    refused: {
      when: ({ root }) => void root.call('s3:PutBucketAcl', { Bucket, ACL: 'log-delivery-write' }),
      says: /itself lets in others than its owner/,
    },
  },
];

/** Keys that a marker hides; the ids of markers are others after each delete. */
function hiddenKeys(organisation: Organisation): Json {
  const all = documents(organisation, 's3/versions/any')[Bucket]?.['all'] as readonly JsonObject[];
  const newest = new Map<string, JsonObject>();
  for (const version of all) if (!newest.has(String(version['Key']))) newest.set(String(version['Key']), version);
  return [...newest]
    .filter(([, { marker }]) => marker === true)
    .map(([key]) => key)
    .sort();
}
