import type { Block, Cell, PrintedDocument } from '../../../../core/model/printed-document.ts';
import { encodeText, type Font, widthOf, wrapText } from './fonts.ts';

/** What is drawn on a page, in points from its lower left corner. Texts are encoded. */
export type Mark =
  | { readonly kind: 'text'; readonly x: number; readonly y: number; readonly font: Font; readonly size: number; readonly text: string }
  | { readonly kind: 'line'; readonly x: number; readonly y: number; readonly width: number }
  | {
      readonly kind: 'link';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly url: string;
    };

/** A4. */
export const paper = { width: 595, height: 842 };
const margin = 54;
const inner = paper.width - 2 * margin;
const sizes = { title: 20, 2: 14, 3: 11, text: 9.5, table: 8, foot: 7.5 } as const;
const leading = 1.35;
const gap = 7;

interface Sheet {
  readonly pages: Mark[][];
  y: number;
}

/** A document on pages: what does not fit goes on on the next one, rows of tables below their head. */
export function layOut(document: PrintedDocument): readonly (readonly Mark[])[] {
  const sheet: Sheet = { pages: [[]], y: paper.height - margin };
  write(sheet, document.title, 'bold', sizes.title, margin, inner);
  sheet.y -= gap;
  for (const block of document.blocks) place(sheet, block, document.site);
  const foot = encodeText(document.title);
  return sheet.pages.map((marks, i) => {
    const number = `${i + 1} / ${sheet.pages.length}`;
    const cut = wrapText(foot, 'regular', sizes.foot, inner - 60)[0] ?? '';
    const at = { kind: 'text', y: margin / 2, font: 'regular', size: sizes.foot } as const;
    return [
      ...marks,
      { ...at, x: margin, text: cut },
      { ...at, x: paper.width - margin - widthOf(number, 'regular', sizes.foot), text: number },
    ];
  });
}

function place(sheet: Sheet, block: Block, site: string | null): void {
  switch (block.kind) {
    case 'heading':
      // A heading does not stand alone at the foot of a page.
      if (sheet.y < margin + 70) turn(sheet);
      sheet.y -= block.level === 2 ? 2 * gap : gap;
      write(sheet, block.text, 'bold', sizes[block.level], margin, inner);
      sheet.y -= 2;
      return;
    case 'paragraph':
      write(sheet, block.text, 'regular', sizes.text, margin, inner);
      sheet.y -= gap;
      return;
    case 'list':
      for (const item of block.items) bullet(sheet, item, site);
      sheet.y -= gap;
      return;
    case 'questions':
      for (const item of block.items) {
        // A question and the room for its answer stay together.
        room(sheet, 2 * sizes.text * leading + 40);
        bullet(sheet, item, site);
        for (let i = 0; i < 2; i++) {
          room(sheet, 20);
          sheet.y -= 20;
          sheet.pages.at(-1)?.push({ kind: 'line', x: margin + 10, y: sheet.y, width: inner - 10 });
        }
        sheet.y -= gap;
      }
      return;
    case 'table':
      table(sheet, block, site);
      sheet.y -= gap;
      return;
    default:
      return block satisfies never;
  }
}

function turn(sheet: Sheet): void {
  sheet.pages.push([]);
  sheet.y = paper.height - margin;
}

/** There is so much room, or a new page. */
function room(sheet: Sheet, height: number): void {
  if (sheet.y - height < margin) turn(sheet);
}

function write(sheet: Sheet, text: string, font: Font, size: number, x: number, width: number): void {
  for (const line of wrapText(encodeText(text), font, size, width)) {
    room(sheet, size * leading);
    sheet.y -= size * leading;
    sheet.pages.at(-1)?.push({ kind: 'text', x, y: sheet.y, font, size, text: line });
  }
}

function bullet(sheet: Sheet, item: Cell, site: string | null): void {
  room(sheet, sizes.text * leading);
  const y = sheet.y - sizes.text * leading;
  sheet.pages.at(-1)?.push({ kind: 'text', x: margin, y, font: 'regular', size: sizes.text, text: encodeText('•') });
  const text = typeof item === 'string' ? item : item.text;
  write(sheet, text, 'regular', sizes.text, margin + 10, inner - 10);
  link(sheet, item, site, margin + 10, y, inner - 10, sizes.text);
}

/** Only our own addresses are links. */
function link(sheet: Sheet, cell: Cell, site: string | null, x: number, y: number, width: number, height: number): void {
  if (typeof cell === 'string' || site === null) return;
  sheet.pages.at(-1)?.push({ kind: 'link', x, y: y - 2, width, height: height + 3, url: `${site}${encodeURI(cell.path)}` });
}

function table(sheet: Sheet, { head, widths, rows }: Extract<Block, { readonly kind: 'table' }>, site: string | null): void {
  const total = widths.reduce((sum, next) => sum + next, 0);
  const columns = head.map((_, i) => ((widths[i] ?? 0) / total) * inner);
  const starts = columns.map((_, i) => margin + columns.slice(0, i).reduce((sum, next) => sum + next, 0));
  const row = (cells: readonly Cell[], font: Font): void => {
    const lines = columns.map((width, i) => {
      const cell = cells[i] ?? '';
      return wrapText(encodeText(typeof cell === 'string' ? cell : cell.text), font, sizes.table, Math.max(8, width - 8));
    });
    const height = sizes.table * leading;
    // A row that is longer than a page goes on, line by line.
    for (let n = 0; n < Math.max(...lines.map((one) => one.length)); n++) {
      if (sheet.y - height < margin) {
        turn(sheet);
        if (font === 'regular') row(head, 'bold');
      }
      sheet.y -= height;
      for (const [i, own] of lines.entries()) {
        const text = own[n];
        if (text === undefined || text === '') continue;
        const x = starts[i] ?? margin;
        sheet.pages.at(-1)?.push({ kind: 'text', x, y: sheet.y, font, size: sizes.table, text });
        if (font === 'regular') link(sheet, cells[i] ?? '', site, x, sheet.y, widthOf(text, font, sizes.table), sizes.table);
      }
    }
    sheet.y -= 3;
    sheet.pages.at(-1)?.push({ kind: 'line', x: margin, y: sheet.y, width: inner });
    sheet.y -= 1;
  };
  room(sheet, 3 * sizes.table * leading);
  row(head, 'bold');
  for (const cells of rows) row(cells, 'regular');
}
