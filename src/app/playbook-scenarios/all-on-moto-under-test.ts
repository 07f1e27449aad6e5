import { motoBasicScenarios } from './moto-basics-under-test.ts';
import { motoComputeScenarios } from './moto-compute-under-test.ts';
import { motoDataScenarios } from './moto-data-under-test.ts';
import { motoIdentityScenarios } from './moto-identity-under-test.ts';
import { motoOrganisationScenarios } from './moto-organisation-under-test.ts';
import type { MotoScenario } from './moto-scenario-under-test.ts';
import { motoWatcherScenarios } from './moto-watchers-under-test.ts';

/** Every list of scenarios for the emulated AWS, one line each. */
export const allOnMoto: readonly MotoScenario[] = [
  ...motoBasicScenarios,
  ...motoIdentityScenarios,
  ...motoOrganisationScenarios,
  ...motoWatcherScenarios,
  ...motoComputeScenarios,
  ...motoDataScenarios,
];
