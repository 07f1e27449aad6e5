import type { OperationTable } from '../operation.ts';
import { account } from './account.ts';
import { containers } from './containers.ts';
import { dataStores } from './data-stores.ts';
import { ec2More } from './ec2-more.ts';
import { functions } from './functions.ts';
import { iamMore } from './iam-more.ts';
import { identityCenter } from './identity-center.ts';
import { identityStore } from './identity-store.ts';
import { kms } from './kms.ts';
import { kubernetes } from './kubernetes.ts';
import { mailAndModels } from './mail-and-models.ts';
import { organizationPlaces } from './organization-places.ts';
import { rolesAnywhere } from './roles-anywhere.ts';
import { rootTasks } from './root-tasks.ts';
import { s3More } from './s3-more.ts';
import { sharedThings } from './shared-things.ts';
import { tagging } from './tagging.ts';
import { watchers } from './watchers.ts';
import { webAcls } from './web-acls.ts';

/** The services that `settings` makes of tables: one line each, so that two people can add theirs. */
export const services: readonly OperationTable[] = [
  // Keys, secrets, identity, persistence, trails, detectors, organisation.
  account,
  functions,
  iamMore,
  identityCenter,
  identityStore,
  kms,
  mailAndModels,
  organizationPlaces,
  rolesAnywhere,
  rootTasks,
  tagging,
  watchers,
  // Data, storage, compute, network, databases, containers.
  containers,
  dataStores,
  ec2More,
  kubernetes,
  s3More,
  sharedThings,
  webAcls,
];
