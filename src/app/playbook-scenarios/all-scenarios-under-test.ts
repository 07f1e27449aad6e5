import { basicScenarios } from './basics-under-test.ts';
import { clusterScenarios } from './clusters-under-test.ts';
import { computeScenarios } from './compute-under-test.ts';
import { databaseScenarios } from './databases-under-test.ts';
import { identityScenarios } from './identity-under-test.ts';
import { keyScenarios } from './keys-under-test.ts';
import { organisationScenarios } from './organisation-under-test.ts';
import { peopleScenarios } from './people-under-test.ts';
import { persistenceScenarios } from './persistence-under-test.ts';
import type { Scenario } from './scenario-under-test.ts';
import { sharingScenarios } from './sharing-under-test.ts';
import { storageScenarios } from './storage-under-test.ts';
import { watcherScenarios } from './watchers-under-test.ts';
import { webScenarios } from './web-under-test.ts';

/** Every list of scenarios, one line each. */
export const allScenarios: readonly Scenario[] = [
  ...basicScenarios,
  // Keys, secrets, identity, persistence, trails, detectors, organisation.
  ...identityScenarios,
  ...keyScenarios,
  ...peopleScenarios,
  ...organisationScenarios,
  ...persistenceScenarios,
  ...watcherScenarios,
  // Data, storage, compute, network, databases, containers.
  ...clusterScenarios,
  ...computeScenarios,
  ...databaseScenarios,
  ...sharingScenarios,
  ...storageScenarios,
  ...webScenarios,
];
