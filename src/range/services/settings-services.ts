import type { OperationTable } from '../operation.ts';
import { kms } from './kms.ts';

/** The services that `settings` makes of tables: one line each, so that two people can add theirs. */
export const services: readonly OperationTable[] = [
  // Keys, secrets, identity, persistence, trails, detectors, organisation.
  kms,
  // Data, storage, compute, network, databases, containers.
];
