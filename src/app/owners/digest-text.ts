import type { Finding } from '../../core/model/finding.ts';
import { severityIds } from '../../core/model/severity.ts';

/** What a digest says of one finding. `path`: where it is mended or looked at. */
export interface DigestLine {
  readonly finding: Finding;
  readonly why: 'new' | 'again' | 'overdue';
  readonly path: string;
  /** Who was told before it became overdue. */
  readonly person: string;
}

/** More lines than these nobody reads; the rest comes another day. */
export const mostLines = 30;

/** The text of one person's message, the gravest first: plain, with a link to each where the console's address is known. */
export function digestText(lines: readonly DigestLine[], site: string | null): { readonly title: string; readonly text: string } {
  const parts = (['new', 'again', 'overdue'] as const).flatMap((why) => {
    const own = lines.filter((line) => line.why === why).sort((a, b) => severityIds[b.finding.severity] - severityIds[a.finding.severity]);
    return own.length === 0 ? [] : [heads[why], ...own.map((line) => lineText(line, site))];
  });
  const n = lines.length;
  return {
    title: n === 1 ? 'One thing of yours is insecure' : `${n} things of yours are insecure`,
    text: [
      'Nobody attacks you: this is how it was set up, or how somebody works. Each page says what would be done about it and how that is taken back, and does it on one press.',
      ...parts,
    ].join('\n\n'),
  };
}

const heads = {
  new: 'New:',
  again: 'Again, since it still stands:',
  overdue: 'In your account, and not mended by who was told twice:',
} as const;

function lineText({ finding, path, why, person }: DigestLine, site: string | null): string {
  const whose = why === 'overdue' ? ` It is with ${person}.` : '';
  return `${finding.severity}: ${finding.message}${whose}\n${site === null ? `In the console: ${path}` : `${site}${encodeURI(path)}`}`;
}
