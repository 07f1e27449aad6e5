import type { Finding } from '../model/finding.ts';

/** What a hunch is about: an ARN, an access key, or an address. */
export interface Hunch {
  readonly kind: 'arn' | 'key' | 'address';
  readonly value: string;
}

const longest = 2_048;

/** What somebody typed as something that can be looked for; null for what is none. */
export function readHunch(text: string): Hunch | null {
  const value = text.trim();
  if (value.length > longest || !/^[!-~]+$/.test(value)) return null;
  if (/^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+$/.test(value)) return { kind: 'arn', value };
  if (/^A[A-Z]{3}[A-Z0-9]{12,124}$/.test(value)) return { kind: 'key', value };
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(value) && value.split('.').every((part) => Number(part) < 256)) return { kind: 'address', value };
  if (/^[0-9a-f:]+$/i.test(value) && value.split(':').length > 2) return { kind: 'address', value: value.toLowerCase() };
  return null;
}

/** Has the finding to do with it: did it do something, was something done to it, or from there? */
export function isAbout({ actor, resources, evidence }: Finding, { kind, value }: Hunch): boolean {
  const actors = [actor, ...evidence.map((one) => one.actor)].flatMap((one) => one ?? []);
  if (kind === 'address') return evidence.some(({ ip }) => ip?.toLowerCase() === value);
  if (kind === 'key')
    return (
      actors.some(({ accessKeyId, principalId }) => accessKeyId === value || principalId?.split(':')[0] === value) ||
      evidence.some(({ kept }) => kept !== undefined && Object.values(kept).includes(value))
    );
  const things = [...resources, ...evidence.flatMap(({ resource }) => resource ?? [])];
  return actors.some(({ uid, issuer }) => uid === value || issuer === value) || things.some(({ uid }) => uid === value);
}

/** A question to the lake that is ready to be asked. */
export interface ReadyQuery {
  readonly question: string;
  readonly title: string;
  readonly parameters: { readonly [name: string]: string };
}

/** The questions that ask about such a thing, with what it is put in. */
export function questionsAbout(
  hunch: Hunch,
  questions: readonly { readonly id: string; readonly title: string; readonly parameters: { readonly [name: string]: unknown } }[],
): readonly ReadyQuery[] {
  const known = parametersOf(hunch);
  return questions.flatMap(({ id, title, parameters }) => {
    const names = Object.keys(parameters);
    const filled = names.flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]] as const]));
    return names.length > 0 && filled.length === names.length ? [{ question: id, title, parameters: Object.fromEntries(filled) }] : [];
  });
}

function parametersOf({ kind, value }: Hunch): { readonly [name: string]: string } {
  if (kind === 'address') return { ip: value };
  if (kind === 'key') return { key: value };
  const [, , service, , account, ...rest] = value.split(':');
  const resource = rest.join(':');
  if (service === 's3' && !resource.includes('/')) return { bucket: resource };
  if (service === 'ec2' && resource.startsWith('security-group/')) return { group: resource.slice('security-group/'.length) };
  // A role acts by its sessions, whose ARN has the role's name without its path.
  if (service === 'iam' && resource.startsWith('role/')) return { principal: `${account}:assumed-role/${resource.split('/').at(-1)}/` };
  return service === 'iam' || service === 'sts' ? { principal: value } : {};
}
