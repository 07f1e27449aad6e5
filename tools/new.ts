// npm run new rule|sequence|control|playbook|framework provider.service.name: writes the skeleton of a unit at its place.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exportNameOf, root } from './units.ts';

const kinds = { rule: 'rules', sequence: 'sequences', control: 'controls', playbook: 'playbooks', framework: 'frameworks' } as const;
type Kind = keyof typeof kinds;

/** The path of a new unit below the root, and its text. Throws what is wrong with the arguments. */
export function skeleton(kind: string, id: string): { readonly path: string; readonly text: string } {
  if (!Object.hasOwn(kinds, kind)) throw new Error(`"${kind}" is none of ${Object.keys(kinds).join(', ')}`);
  if (!/^[a-z0-9]+(\.[a-z0-9-]+){2,}$/.test(id)) throw new Error(`the id "${id}" is not provider.service.what-it-says, in small letters`);
  const path = `content/${kinds[kind as Kind]}/${id.replaceAll('.', '/')}.${kind === 'rule' || kind === 'sequence' ? 'yml' : 'ts'}`;
  const up = '../'.repeat(path.split('/').length - 1);
  return { path, text: { rule, sequence, control, playbook, framework }[kind as Kind](id, exportNameOf(path), up) };
}

/** The examples fail until they are written: a skeleton must not pass for a unit. */
function rule(id: string): string {
  const service = id.split('.')[1] ?? '';
  return `title: TODO what is wrong
id: ${randomUUID()}
description: TODO why it matters, in a sentence or two.
logsource: { product: aws, service: cloudtrail }
detection:
  selection: { eventSource: ${service}.amazonaws.com, eventName: TODO }
  failed: { errorCode|exists: true }
  condition: selection and not failed
falsepositives: [TODO who does this on an ordinary day]
level: low
tags: [attack.TODO, attack.tTODO]
resource: { type: AWS::TODO, path: [requestParameters.TODO] }
judgement: TODO why no playbook answers it, or name it in a playbook's handles and delete this line.
examples:
  - { name: TODO, event: { requestParameters: {} }, expect: true }
  - { name: the same, refused, event: { errorCode: AccessDenied, requestParameters: {} }, expect: false }
`;
}

function sequence(): string {
  return `title: TODO what happens
description: TODO why it is an attack, in a sentence or two.
severity: medium
within: 24h
link: [principal]
steps:
  - { name: TODO first, rules: [TODO], level: low }
  - { name: TODO then, tactics: [TODO], level: medium }
falsepositives: [TODO who does this on an ordinary day]
examples:
  - { name: both, findings: [{ rule: TODO, at: "0" }, { rule: TODO, at: 10m }], expect: true }
  - { name: the first alone, findings: [{ rule: TODO, at: "0" }], expect: false }
`;
}

function control(id: string, name: string, up: string): string {
  return `import type { Control } from '${up}src/core/model/control.ts';

export const ${name}: Control = {
  id: '${id}',
  title: 'TODO what should hold',
  why: 'TODO what happens where it does not.',
  severity: 'Medium',
  type: 'AWS::TODO',
  reads: ['TODO:Describe'],
  remediation: 'TODO what a person does about it.',
  assess: ({ name, props, unread }) => {
    const value = props['TODO'];
    if (value === undefined) return { status: 'Unknown', missing: unread['TODO'] ?? 'TODO:Describe' };
    return value === true ? { status: 'Pass', reason: \`\${name} does.\` } : { status: 'Fail', reason: \`\${name} does not.\` };
  },
  examples: [
    { name: 'as it should be', resource: { props: { TODO: true } }, expect: 'Pass' },
    { name: 'not so', resource: { props: { TODO: false } }, expect: 'Fail' },
    { name: 'could not be read', resource: { props: {}, unread: { TODO: 'TODO:Describe' } }, expect: 'Unknown' },
  ],
};
`;
}

function playbook(id: string, name: string, up: string): string {
  return `import type { Playbook } from '${up}src/core/model/plan.ts';

export const ${name}: Playbook = {
  id: '${id}',
  version: 1,
  title: 'TODO verb and object',
  why: 'TODO what it stops, and what it does not.',
  handles: [],
  approval: 'one-person',
  risks: ['workload'],
  asks: () => 'TODO do what to what',
  blastRadius: () => 'TODO what may stop working.',
  inverse: () => 'TODO what undo brings back.',
  targets: () => [],
  plan: () => [],
  examples: [],
};
`;
}

function framework(id: string, name: string, up: string): string {
  return `import type { Framework } from '${up}src/core/model/framework.ts';

export const ${name}: Framework = {
  id: '${id}',
  title: 'TODO',
  version: 'TODO',
  source: 'https://example.com/TODO',
  requirements: [{ id: '1', title: 'TODO in our own words', by: 'judgement' }],
};
`;
}

function main([kind = '', id = '']: readonly string[]): number {
  try {
    const { path, text } = skeleton(kind, id);
    if (existsSync(join(root, path))) throw new Error(`${path} is there already`);
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { flag: 'wx' });
    console.log(`${path}\nFill in every TODO, then: npm run gen && npx vitest run content`);
    return 0;
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : String(error)}\nusage: npm run new rule|sequence|control|playbook|framework provider.service.name`,
    );
    return 2;
  }
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
