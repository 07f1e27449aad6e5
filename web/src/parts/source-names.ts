import type { Imported } from '../api/generated/client.ts';

/** What people call the services whose findings come in. */
export const sourceNames: { readonly [source in Imported['source']]: string } = {
  guardduty: 'GuardDuty',
  'security-hub': 'Security Hub',
  inspector: 'Inspector',
  macie: 'Macie',
  'access-analyzer': 'IAM Access Analyzer',
  config: 'AWS Config',
  health: 'AWS Health',
};
