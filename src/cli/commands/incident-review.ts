import { writeFile } from 'node:fs/promises';
import { draftReview } from '../../app/incident-mode/review/draft-review.ts';
import { printMarkdown } from '../../app/incident-mode/review/print-markdown.ts';
import { printPdf } from '../../app/incident-mode/review/print-pdf.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { type IncidentOptions, pick } from './incident.ts';

export interface ReviewOptions extends IncidentOptions {
  readonly out?: string;
}

/** Drafts the review; prints it as Markdown, or writes it to a file. */
export async function review(io: Io, wires: Wires, typed: string | undefined, { out, as: by, format }: ReviewOptions): Promise<ExitCode> {
  const drafted = await wires.withConsole(async (deps) => {
    const incident = await pick(deps, typed);
    const made = await draftReview(deps, incident.id, by);
    if (made === null) throw new InputError('it was not declared, so there is nothing to review', incident.id);
    return made;
  });
  const { document, hash } = drafted;
  if (out !== undefined) await writeFile(out, out.endsWith('.pdf') ? await printPdf(document) : printMarkdown(document));
  else if (format === 'json') await printJson(io, document);
  // Lines of text, each of which a terminal may be shown.
  else await io.out.write(printMarkdown(document).split('\n').map(printable).join('\n'));
  await io.out.flush();
  await io.err.write(`${out === undefined ? 'Drafted' : `Written to ${printable(out)}`}; kept as ${hash}\n`);
  return exitCodes.ok.code;
}
