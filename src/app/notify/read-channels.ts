import { z } from 'zod';
import type { ChannelSettings, Channels, SecretRef, TicketSettings } from '../../core/model/channel.ts';
import { InputError } from '../../core/model/errors.ts';
import { findingKinds } from '../../core/model/finding.ts';
import { severities } from '../../core/model/severity.ts';
import { readYaml } from '../read-yaml.ts';

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name is of small letters, digits and dashes');
/** `${NAME}` of the environment, or `file:PATH`; null for anything else. */
function referenceIn(text: string): SecretRef | null {
  const env = /^\$\{([A-Za-z_]\w*)\}$/.exec(text)?.[1];
  if (env !== undefined) return { from: 'env', at: env };
  const file = /^file:(.+)$/.exec(text)?.[1];
  return file === undefined ? null : { from: 'file', at: file };
}

/** HTTPS, but to this machine; without a user or password in it. */
function isAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && url.hostname === '127.0.0.1');
}

const nowhere: SecretRef = { from: 'file', at: '' };
const wantedAddress = 'https:// is wanted (http:// to 127.0.0.1 only), and no user or password in it';
// The text itself may be a secret, so that no message says it back.
const secret = z.string().transform((text, context): SecretRef => {
  const reference = referenceIn(text);
  if (reference === null)
    context.addIssue({
      code: 'custom',
      message: 'a secret is named, not written: a dollar sign and the name of an environment variable in braces, or file: and a path',
    });
  return reference ?? nowhere;
});
const address = z.string().refine(isAddress, wantedAddress);
const site = address.transform((text) => text.replace(/\/+$/, ''));
const addressOrSecret = z.string().transform((text, context): string | SecretRef => {
  const reference = referenceIn(text);
  if (reference === null && !isAddress(text)) context.addIssue({ code: 'custom', message: wantedAddress });
  return reference ?? text;
});
const mail = z.string().regex(/^[^\s@<>,;:"\\]{1,64}@[A-Za-z0-9.-]{1,253}$/, 'a mail address is wanted');
const severity = z.enum(severities);
const reached = z.array(z.strictObject({ channel: name, to: z.string().max(300).optional() }));
const common = { to: z.string().max(300).optional(), fallback: reached.optional() };

const channel = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('slack'), ...common, token: secret, signing: secret.optional(), url: site.optional() }),
  z.strictObject({ kind: z.literal('pagerduty'), ...common, key: secret, signing: secret.optional(), url: address.optional() }),
  z.strictObject({ kind: z.literal('opsgenie'), ...common, key: secret, url: address.optional() }),
  z.strictObject({ kind: z.literal('webhook'), ...common, url: addressOrSecret, secret, signing: secret.optional() }),
  z
    .strictObject({
      kind: z.literal('smtp'),
      ...common,
      host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'the name of a mail server is wanted'),
      port: z.int().min(1).max(65_535).optional(),
      tls: z.enum(['starttls', 'implicit', 'none']).optional(),
      from: mail,
      user: z.string().min(1).optional(),
      password: secret.optional(),
    })
    .superRefine((one, context) => {
      const wrong = (message: string) => context.addIssue({ code: 'custom', message });
      if (one.tls === 'none' && one.host !== '127.0.0.1') wrong('"tls: none" is for a server on 127.0.0.1 only');
      if ((one.user === undefined) !== (one.password === undefined)) wrong('user and password go together');
    }),
  z.strictObject({ kind: z.literal('teams'), ...common, url: secret }),
  z.strictObject({
    kind: z.literal('jira'),
    ...common,
    url: site,
    user: z.string().min(1),
    token: secret,
    project: z.string().regex(/^[A-Z][A-Z0-9_]{1,254}$/, 'the key of a project is wanted, such as SEC'),
    type: z.string().min(1).max(100).optional(),
    labels: z.array(z.string().regex(/^\S{1,200}$/, 'a label has no space')).optional(),
    components: z.array(z.string().min(1).max(255)).max(20).optional(),
    priorities: z.partialRecord(severity, z.string().min(1).max(255)).optional(),
    done: z.string().min(1).max(255).optional(),
    findings: z
      .strictObject({
        from: severity,
        kinds: z
          .array(z.enum([...findingKinds, 'behaviour']))
          .min(1)
          .optional(),
        units: z.array(z.string().min(1).max(200)).min(1).optional(),
        afterHours: z.number().min(0).max(720).optional(),
        perDay: z.int().min(1).max(500).optional(),
      })
      .optional(),
  }),
  z.strictObject({ kind: z.literal('security-hub'), ...common, findings: severity.optional() }),
  z.strictObject({
    kind: z.literal('ocsf-sink'),
    ...common,
    url: addressOrSecret,
    format: z.enum(['ocsf', 'asff']).optional(),
    token: secret.optional(),
    secret: secret.optional(),
    findings: severity.optional(),
  }),
]);

/** `channels.yml` in the home: docs/reference/channels.md. */
const schema = z.strictObject({
  console: site.optional(),
  channels: z.record(name, channel).optional(),
  people: z.record(z.string().min(1).max(200), z.record(name, z.string().min(1).max(300))).optional(),
  heartbeat: z
    .strictObject({
      url: addressOrSecret,
      method: z.enum(['GET', 'POST']).optional(),
      seconds: z.int().min(10).max(3_600).optional(),
      fallback: reached.optional(),
    })
    .optional(),
});

export const noChannels: Channels = { console: null, channels: [], people: {}, heartbeat: null };

/** Reads `channels.yml`. Throws an InputError that names the line and what is wanted there, and never says a value back. */
export function readChannels(text: string, file: string): Channels {
  const { console: site = null, channels = {}, people = {}, heartbeat } = readYaml(text, file, schema);
  const all = Object.entries(channels).map(([channelName, one]) => settingsOf(channelName, one));
  const known = new Set(all.map((one) => one.name));
  const check = (channelName: string, where: string) => {
    if (!known.has(channelName)) throw new InputError(`${where}: there is no channel ${channelName}`, file);
  };
  for (const one of all)
    for (const { channel: other } of one.fallback) {
      check(other, `channels.${one.name}.fallback`);
      if (other === one.name) throw new InputError(`channels.${one.name}.fallback: a channel cannot stand in for itself`, file);
    }
  for (const [person, ids] of Object.entries(people)) for (const other of Object.keys(ids)) check(other, `people.${person}`);
  for (const { channel: other } of heartbeat?.fallback ?? []) check(other, 'heartbeat.fallback');
  checkOneToOne(people, file);
  return {
    console: site,
    channels: all,
    people,
    heartbeat:
      heartbeat === undefined
        ? null
        : {
            url: heartbeat.url,
            method: heartbeat.method ?? 'GET',
            everyMs: (heartbeat.seconds ?? 60) * 1000,
            fallback: addresses(heartbeat.fallback),
          },
  };
}

/** Of an answer it must be clear who gave it. */
function checkOneToOne(people: Channels['people'], file: string): void {
  const seen = new Map<string, string>();
  for (const [person, ids] of Object.entries(people))
    for (const [channelName, id] of Object.entries(ids)) {
      const key = JSON.stringify([channelName, id]);
      const other = seen.get(key);
      if (other !== undefined) throw new InputError(`people.${person}.${channelName}: this is ${other} already`, file);
      seen.set(key, person);
    }
}

const addresses = (list: readonly { readonly channel: string; readonly to?: string | undefined }[] = []) =>
  list.map((one) => ({ channel: one.channel, to: one.to ?? '' }));

const usualPorts = { starttls: 587, implicit: 465, none: 25 } as const;

/** As Jira's own scheme has them. */
const usualPriorities = { Critical: 'Highest', High: 'High', Medium: 'Medium', Low: 'Low', Informational: 'Lowest' } as const;

/** Tickets are read by many, so an attack becomes one only where that is said. */
function ticketsOf(wanted: NonNullable<Extract<z.infer<typeof channel>, { kind: 'jira' }>['findings']>): TicketSettings {
  const { from, kinds = ['compliance', 'behaviour', 'vulnerability', 'data-security'], units = null, afterHours = 1, perDay = 20 } = wanted;
  return { from, kinds, units, afterMs: afterHours * 3_600_000, perDay };
}

function settingsOf(channelName: string, one: z.infer<typeof channel>): ChannelSettings {
  const shared = { name: channelName, to: one.to ?? '', fallback: addresses(one.fallback) };
  switch (one.kind) {
    case 'slack':
      return { ...shared, kind: 'slack', url: one.url ?? 'https://slack.com/api', token: one.token, signing: one.signing ?? null };
    case 'pagerduty':
      return {
        ...shared,
        kind: 'pagerduty',
        url: one.url ?? 'https://events.pagerduty.com/v2/enqueue',
        routingKey: one.key,
        signing: one.signing ?? null,
      };
    case 'opsgenie':
      return { ...shared, kind: 'opsgenie', url: one.url ?? 'https://api.opsgenie.com/v2/alerts', apiKey: one.key };
    case 'webhook':
      return { ...shared, kind: 'webhook', url: one.url, secret: one.secret, signing: one.signing ?? null };
    case 'smtp': {
      const tls = one.tls ?? 'starttls';
      const login = { user: one.user ?? null, password: one.password ?? null };
      return { ...shared, kind: 'smtp', host: one.host, port: one.port ?? usualPorts[tls], tls, from: one.from, ...login };
    }
    case 'teams':
      return { ...shared, kind: 'teams', url: one.url };
    case 'jira': {
      const { url, user, token, project, type = 'Task', labels = [], components = [], done = null } = one;
      const priorities = { ...usualPriorities, ...one.priorities };
      const tickets = one.findings === undefined ? null : ticketsOf(one.findings);
      return { ...shared, kind: 'jira', url, user, token, project, type, labels, components, priorities, done, tickets };
    }
    case 'security-hub':
      return { ...shared, kind: 'security-hub', findings: one.findings ?? null };
    case 'ocsf-sink': {
      const secrets = { token: one.token ?? null, secret: one.secret ?? null };
      return { ...shared, kind: 'ocsf-sink', url: one.url, format: one.format ?? 'ocsf', ...secrets, findings: one.findings ?? null };
    }
    default:
      return one satisfies never;
  }
}
