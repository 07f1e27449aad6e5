import { fold } from '../../lib/fold.ts';
import { asObject, listAt, textAt } from '../../lib/json-at.ts';
import type { Known, Level } from '../../model/decide-context.ts';
import type { Finding } from '../../model/finding.ts';
import { knownOf, type Proof } from './known-of.ts';

/** Sorts of stores, by CloudFormation type. */
const stores: { readonly [type: string]: readonly [Level, string] } = {
  'AWS::S3::Bucket': [1, 'a bucket'],
  'AWS::S3::Object': [1, 'an object in a bucket'],
  'AWS::RDS::DBInstance': [1, 'a database'],
  'AWS::RDS::DBCluster': [1, 'a database cluster'],
  'AWS::RDS::DBSnapshot': [1, 'a snapshot of a database'],
  'AWS::RDS::DBClusterSnapshot': [1, 'a snapshot of a database cluster'],
  'AWS::DynamoDB::Table': [1, 'a table'],
  'AWS::Redshift::Cluster': [1, 'a data warehouse'],
  'AWS::EFS::FileSystem': [1, 'a file system'],
  'AWS::EC2::Volume': [1, 'a disk'],
  'AWS::EC2::Snapshot': [1, 'a snapshot of a disk'],
  'AWS::EC2::Image': [1, 'a machine image'],
  'AWS::OpenSearchService::Domain': [1, 'a search index'],
  'AWS::Backup::BackupVault': [1, 'a vault of backups'],
  'AWS::SQS::Queue': [1, 'a queue'],
  'AWS::SSM::Parameter': [1, 'a parameter'],
  'AWS::SecretsManager::Secret': [2, 'a secret'],
  'AWS::KMS::Key': [2, 'a key, and all that it encrypts'],
};

/** What tags of classification usually say. A word that is not here counts as a store of whatever. */
const classes: { readonly [word: string]: Level } = {
  public: 0,
  none: 0,
  internal: 1,
  private: 2,
  confidential: 2,
  sensitive: 2,
  restricted: 3,
  'highly confidential': 3,
  secret: 3,
  personal: 3,
  pii: 3,
  phi: 3,
  pci: 3,
  financial: 3,
  health: 3,
};

/**
 * Which data lies in what a finding is about: by what Macie found, by tags of classification, by the sort of store. Whoever may tag can say that
 * more lies there than does, never less: the gravest counts.
 */
export function dataOf(
  finding: Finding,
  tags: { readonly [key: string]: string },
  dataTags: readonly string[],
  found: readonly Finding[],
): Known {
  const proofs: Proof[] = [];
  for (const { type, name } of finding.resources) {
    const store = Object.hasOwn(stores, type) ? stores[type] : undefined;
    if (store !== undefined) proofs.push({ level: store[0], says: `${name} is ${store[1]}.`, from: 'the type of the resource' });
  }
  for (const key of dataTags) {
    const value = Object.hasOwn(tags, key) ? (tags[key] ?? '') : '';
    if (value === '') continue;
    const word = fold(value).trim().replaceAll(/[_-]+/g, ' ');
    const level = Object.hasOwn(classes, word) ? (classes[word] ?? 1) : 1;
    proofs.push({ level, says: `It is tagged "${value}".`, from: `tag ${key}` });
  }
  // A finding about data tells of it itself.
  for (const one of [finding, ...found]) if (one.kind === 'data-security') proofs.push(...sensitiveIn(one));
  const isStore = finding.resources.some(({ type }) => Object.hasOwn(stores, type));
  const unclassified = isStore && proofs.every(({ from }) => from === 'the type of the resource');
  return knownOf(proofs, unclassified ? ['which data it is: no tag of classification, and no finding of Macie'] : []);
}

/** `3 of PERSONAL_INFORMATION`, as Macie counts it. Who else tells of data, says it in words. */
function sensitiveIn({ imported, rule, evidence }: Finding): readonly Proof[] {
  if (imported !== undefined && !imported.type.startsWith('SensitiveData:')) return [];
  const from = imported === undefined ? rule.id : 'Macie';
  const counted = evidence.flatMap(({ kept }) => listAt(kept, 'data').map((one) => asObject(one)));
  const categories = counted.flatMap((one) => {
    const category = textAt(one ?? {}, 'category');
    return category === null ? [] : [`${String(one?.['n'] ?? '')} of ${category}`.trim()];
  });
  return [{ level: 3, says: categories.length === 0 ? `${rule.title}.` : `It holds ${categories.slice(0, 5).join(', ')}.`, from }];
}
