import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { noChannels, readChannels } from './read-channels.ts';

const file = 'channels.yml';
const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/channels.md'), 'utf8');
const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

test('the example of the reference page is read, and has every kind', () => {
  const read = readChannels(example, file);
  expect(read.channels.map(({ kind }) => kind).sort()).toEqual([
    'jira',
    'ocsf-sink',
    'opsgenie',
    'pagerduty',
    'security-hub',
    'slack',
    'smtp',
    'teams',
    'webhook',
  ]);
  expect(read.console).toBe('https://jobzero.example.com');
  expect(read.people['alice']).toEqual({ chat: 'U0123ABCD', pager: 'PALICE1', alerts: 'alice@example.com', mail: 'alice@example.com' });
  expect(read.heartbeat).toEqual({
    url: { from: 'env', at: 'HEARTBEAT_URL' },
    method: 'GET',
    everyMs: 60_000,
    fallback: [{ channel: 'pager', to: '' }],
  });
  expect(read.channels.find(({ name }) => name === 'tickets')).toMatchObject({
    components: ['Platform'],
    priorities: { Critical: 'Blocker', High: 'High', Medium: 'Medium', Low: 'Low', Informational: 'Lowest' },
    done: 'Done',
    tickets: {
      from: 'High',
      kinds: ['compliance', 'behaviour', 'vulnerability', 'data-security'],
      units: ['payments'],
      afterMs: 3_600_000,
      perDay: 20,
    },
  });
  expect(read.channels.find(({ name }) => name === 'chat')).toEqual({
    name: 'chat',
    kind: 'slack',
    to: 'C0123456789',
    fallback: [
      { channel: 'pager', to: '' },
      { channel: 'mail', to: 'on-call@example.com' },
    ],
    url: 'https://slack.com/api',
    token: { from: 'env', at: 'SLACK_TOKEN' },
    signing: { from: 'file', at: 'secrets/slack-signing' },
  });
});

test('an empty file has no channels', () => {
  expect(readChannels('', file)).toEqual(noChannels);
  expect(readChannels('# nothing yet\n', file)).toEqual(noChannels);
});

describe('a mistake is told with its line, and no value is said back', () => {
  const of = (yaml: string) => {
    try {
      readChannels(yaml, file);
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return 'nothing wrong';
  };
  test.each([
    [
      'channels:\n  chat:\n    kind: slack\n    token: xoxb-in-the-clear\n',
      'channels.yml:4: channels.chat.token: a secret is named, not written',
    ],
    [
      'channels:\n  hook: { kind: webhook, url: "https://u:hunter2@example.com/", secret: "file:a" }\n',
      'channels.yml:2: channels.hook.url: https:// is wanted',
    ],
    [
      'channels:\n  hook: { kind: webhook, url: "http://example.com/", secret: "file:a" }\n',
      'channels.yml:2: channels.hook.url: https:// is wanted',
    ],
    ['channels:\n  hook: { kind: webhook, url: "$not a name", secret: "file:a" }\n', 'channels.hook.url: https:// is wanted'],
    [
      'channels:\n  mail: { kind: smtp, host: mx.example.com, from: a@example.com, tls: none }\n',
      '"tls: none" is for a server on 127.0.0.1 only',
    ],
    ['channels:\n  mail: { kind: smtp, host: mx.example.com, from: a@example.com, user: a }\n', 'user and password go together'],
    ['channels:\n  Chat: { kind: teams, url: "file:a" }\n', 'a name is of small letters'],
    ['channels:\n  a: { kind: pigeon }\n', 'channels.yml:2: channels.a.kind'],
    ['channels:\n  a: { kind: teams, url: "file:a", colour: red }\n', 'colour'],
    ['channels:\n  a: { kind: teams, url: "file:a", fallback: [{ channel: b }] }\n', 'there is no channel b'],
    ['channels:\n  a: { kind: teams, url: "file:a", fallback: [{ channel: a }] }\n', 'cannot stand in for itself'],
    ['people:\n  alice: { chat: U1 }\n', 'people.alice: there is no channel chat'],
    [
      'channels:\n  a: { kind: teams, url: "file:a" }\npeople:\n  alice: { a: U1 }\n  bob: { a: U1 }\n',
      'people.bob.a: this is alice already',
    ],
    ['heartbeat: { url: "file:a", seconds: 1 }\n', 'channels.yml:1: heartbeat.seconds'],
    [
      'channels:\n  a: { kind: jira, url: "https://example.com", user: a, token: "file:a", project: SEC, findings: High }\n',
      'channels.a.findings',
    ],
    [
      'channels:\n  a:\n    kind: jira\n    url: https://example.com\n    user: a\n    token: file:a\n    project: SEC\n    findings: { from: High, kinds: [attack] }\n',
      'channels.yml:8: channels.a.findings.kinds.0',
    ],
    ['channels: [\n', 'channels.yml'],
  ])('%j', (yaml, wanted) => {
    const told = of(yaml);
    expect(told).toContain(wanted);
    expect(told).not.toMatch(/xoxb|hunter2/);
  });
});
