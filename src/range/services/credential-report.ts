import { iso } from '../operation.ts';
import type { AccountState, KeyState } from '../state.ts';

const columns = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
  ...[1, 2].flatMap((n) => [
    `access_key_${n}_active`,
    `access_key_${n}_last_rotated`,
    `access_key_${n}_last_used_date`,
    `access_key_${n}_last_used_region`,
    `access_key_${n}_last_used_service`,
  ]),
  ...[1, 2].flatMap((n) => [`cert_${n}_active`, `cert_${n}_last_rotated`]),
];

/**
 * The credential report as CSV, the root user first.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */
export function credentialReport(account: AccountState, start: number): string {
  const founded = time(start - 4 * 365 * 86_400_000);
  const rows = [
    [
      '<root_account>',
      `arn:aws:iam::${account.id}:root`,
      founded,
      'not_supported',
      time(start - 40 * 86_400_000),
      'not_supported',
      'not_supported',
      String(account.rootMfa),
      ...(account.rootKeys > 0 ? ['true', founded, 'N/A', 'N/A', 'N/A'] : keyColumns(undefined)),
      ...keyColumns(undefined),
      ...['false', 'N/A', 'false', 'N/A'],
    ],
    ...Object.values(account.users).map((user) => {
      const [first, second] = Object.values(user.keys);
      const profile = user.loginProfile;
      return [
        user.name,
        user.arn,
        time(user.created),
        String(profile !== null),
        profile === null ? 'N/A' : user.passwordLastUsed === null ? 'no_information' : time(user.passwordLastUsed),
        profile === null ? 'N/A' : time(profile.created),
        'N/A',
        String(user.mfa.length > 0),
        ...keyColumns(first),
        ...keyColumns(second),
        ...['false', 'N/A', 'false', 'N/A'],
      ];
    }),
  ];
  return [columns, ...rows].map((row) => row.join(',')).join('\n');
}

function keyColumns(key: KeyState | undefined): readonly string[] {
  if (key === undefined) return ['false', 'N/A', 'N/A', 'N/A', 'N/A'];
  const used = key.lastUsed;
  return [
    String(key.status === 'Active'),
    time(key.created),
    ...(used === null ? ['N/A', 'N/A', 'N/A'] : [time(used.at), used.region, used.service]),
  ];
}

function time(milliseconds: number): string {
  return `${iso(milliseconds).slice(0, 19)}+00:00`;
}
