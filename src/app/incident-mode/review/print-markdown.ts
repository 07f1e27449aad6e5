import type { Block, Cell, PrintedDocument } from '../../../core/model/printed-document.ts';
import { isHidden } from '../../is-hidden.ts';

/** A document as Markdown (CommonMark, with tables as GitHub has them). Every text stays text: see `escapeMarkdown`. */
export function printMarkdown({ title, site, blocks }: PrintedDocument): string {
  return `${[`# ${escapeMarkdown(title)}`, ...blocks.map((block) => printBlock(block, site))].join('\n\n')}\n`;
}

function printBlock(block: Block, site: string | null): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${escapeMarkdown(block.text)}`;
    case 'paragraph':
      return escapeMarkdown(block.text);
    case 'list':
      return block.items.map((item) => `- ${printCell(item, site)}`).join('\n');
    case 'questions':
      return block.items.map((item) => `- ${escapeMarkdown(item)}\n\n  *Answer:*\n`).join('\n');
    case 'table': {
      const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
      return [
        line(block.head.map(escapeMarkdown)),
        line(block.head.map(() => '---')),
        ...block.rows.map((row) => line(row.map((cell) => printCell(cell, site)))),
      ].join('\n');
    }
    default:
      return block satisfies never;
  }
}

/** Only our own addresses become links. */
function printCell(cell: Cell, site: string | null): string {
  if (typeof cell === 'string') return escapeMarkdown(cell);
  const text = escapeMarkdown(cell.text);
  return site === null ? text : `[${text}](<${site}${encodeURI(cell.path)}>)`;
}

/** What means something anywhere in a line; in brackets escaped, links and pictures cannot be. */
const marks: ReadonlySet<string> = new Set('\\`*_[]<>|~&@$');

/**
 * A text that means nothing but itself: marks that could begin a link, a picture, code, emphasis, a cell or an entity are escaped (CommonMark, section 2.4),
 * and so is what could begin a block. Bare addresses are broken, since readers make links of them without any mark. Control characters and what hides or
 * reorders text are shown by their code. One line.
 */
export function escapeMarkdown(text: string): string {
  let safe = '';
  for (const char of text.toWellFormed().replace(/\s+/g, ' ').trim()) {
    const point = char.codePointAt(0) ?? 0;
    safe += isHidden(point) ? `\\\\u{${point.toString(16)}}` : marks.has(char) ? `\\${char}` : char;
  }
  return safe
    .replace(/^(\d+)([.)])(?= |$)/, '$1\\$2')
    .replace(/^([-+#=])(?=[-#= ]|$)/, '\\$1')
    .replace(/\b(https?|ftp|mailto|www)(?=[:.])/gi, '$1&#8203;')
    .replaceAll('\\@', '\\@&#8203;');
}
