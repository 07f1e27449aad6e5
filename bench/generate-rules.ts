import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dice } from '../src/range/dice.ts';
import { frequentCalls, mutatingCalls } from './generate-logs.ts';

export type Mix = 'quiet' | 'noisy';

/**
 * Writes Sigma rules, one a file, deterministic: about 88 % name their calls by source and event, 7 % by source and a
 * prefix, 5 % name none and are asked of every event. `quiet` watches calls that change something, as the published
 * rules mostly do; `noisy` sits on the calls that a log is full of, too.
 */
export function writeRules(folder: string, count: number, mix: Mix): void {
  mkdirSync(folder, { recursive: true });
  for (const [n, text] of generateRules(count, mix).entries()) writeFileSync(join(folder, `rule-${String(n).padStart(4, '0')}.yml`), text);
}

/** The texts of the rules. */
export function generateRules(count: number, mix: Mix): readonly string[] {
  const dice = new Dice(`rules ${mix}`);
  return Array.from({ length: count }, (_, n) => ruleText(dice, n, mix));
}

/** What a rule asks beside the call: field with modifiers, and its value as YAML. */
const asked: readonly (readonly [key: string, value: string])[] = [
  ['userAgent|contains', '[terraform, Boto3]'],
  ['userAgent|startswith', 'aws-cli/'],
  ['userIdentity.type', 'IAMUser'],
  ['userIdentity.type', '[IAMUser, Root]'],
  ['userIdentity.sessionContext.attributes.mfaAuthenticated', '"true"'],
  ['userIdentity.sessionContext.sessionIssuer.userName|startswith', 'AWSReservedSSO_'],
  ['userIdentity.arn|contains', '[ci-deploy, backup]'],
  ['userIdentity.arn|endswith', '"@example.com"'],
  ['userIdentity.arn|re', "'assumed-role/(app|eks)-[a-z]+-[0-9]+/i-0[0-9a-f]{16}$'"],
  ['sourceIPAddress|cidr', '[198.51.100.0/24, 203.0.113.0/24]'],
  ['sourceIPAddress|cidr', '10.4.0.0/14'],
  ['awsRegion', '[eu-central-1, ap-southeast-2]'],
  ['errorCode', '[AccessDenied, "*UnauthorizedOperation"]'],
  ['errorCode|exists', 'true'],
  ['requestParameters.roleName|startswith', '[data-, backup-]'],
  ['requestParameters.bucketName|endswith', '["-1", "-7"]'],
  ['requestParameters.policyDocument|contains', '\'"Action":"*"\''],
  ['requestParameters.ipPermissions.items.ipRanges.items.cidrIp', '[0.0.0.0/0, "::/0"]'],
  ['requestParameters.name|contains|all', '[/app/, password]'],
  ['requestParameters.userName|re', "'^user-[0-9]{1,2}$'"],
  ['tlsDetails.tlsVersion', '[TLSv1, TLSv1.1]'],
  ['responseElements.credentials.accessKeyId|exists', 'true'],
];

/** What a rule excepts. */
const excepted: readonly (readonly [key: string, value: string])[] = [
  ['userIdentity.invokedBy|endswith', '.amazonaws.com'],
  ['userAgent', 'AWS Internal'],
  ['userIdentity.arn|contains', ':assumed-role/monitoring-'],
  ['errorCode|exists', 'true'],
  ['sourceIPAddress|cidr', '192.0.2.0/24'],
];

/** What rules that name no call ask; all are rare, or nobody would keep such a rule. */
const rare: readonly (readonly [key: string, value: string])[] = [
  ['userAgent|contains', '[kali, parrot, pacu]'],
  ['userIdentity.type', 'Root'],
  ['sourceIPAddress|cidr', '203.0.113.0/24'],
  ['errorMessage|contains', 'explicit deny'],
  ['userIdentity.arn|re', "'user/(admin|root|break-glass)[0-9]*$'"],
  ['userAgent|re', "'(?i)(sqlmap|nmap|masscan)/[0-9]'"],
  ['tlsDetails.tlsVersion', '[TLSv1, TLSv1.1]'],
];

function ruleText(dice: Dice, n: number, mix: Mix): string {
  const sort = dice.int(100);
  const call = mix === 'noisy' && dice.int(100) < 30 ? pick(dice, frequentCalls) : pick(dice, mutatingCalls);
  const [source = '', name = ''] = call.split(' ');
  const selection: string[] = [];
  if (sort < 88) {
    const more =
      dice.int(4) === 0 ? mutatingCalls.filter((other) => other.startsWith(source)).map((other) => other.split(' ')[1] ?? '') : [];
    const names = [...new Set([name, ...more.slice(0, 2)])];
    selection.push(`eventSource: ${source}`, `eventName: ${names.length === 1 ? name : `[${names.join(', ')}]`}`);
  } else if (sort < 95) {
    selection.push(`eventSource: ${source}`, `eventName|startswith: ${name.slice(0, 9)}`);
  }
  const [key, value] = pick(dice, sort < 95 ? asked : rare);
  selection.push(`${key}: ${value}`);
  if (sort >= 95 || dice.int(3) === 0) selection.push(...second(dice, key));
  const filter = dice.int(2) === 0 ? pick(dice, excepted) : null;
  const lines = [
    `title: Generated rule ${n}`,
    `id: 00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    'logsource: { product: aws, service: cloudtrail }',
    'detection:',
    '  selection:',
    ...selection.map((line) => `    ${line}`),
    ...(filter === null ? [] : [`  filter: { ${filter[0]}: ${filter[1]} }`]),
    `  condition: ${filter === null ? 'selection' : 'selection and not filter'}`,
    `level: ${pick(dice, ['low', 'medium', 'high'])}`,
    'tags: [attack.persistence, attack.t1098]',
  ];
  return `${lines.join('\n')}\n`;
}

/** A second condition on another field. */
function second(dice: Dice, first: string): string[] {
  const [key, value] = pick(dice, asked);
  return key === first ? [] : [`${key}: ${value}`];
}

function pick<T>(dice: Dice, of: readonly T[]): T {
  const item = of[dice.int(of.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
