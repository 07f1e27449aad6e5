import { buffer } from 'node:stream/consumers';
import type { Block, Cell, PrintedDocument } from '../../../core/model/printed-document.ts';

const margin = 54;
const sizes = { title: 20, 2: 14, 3: 11, text: 9.5, table: 8, foot: 7.5 } as const;
const gap = 7;
/** Lines of a row that surely fit on one page. */
const linesOfRow = 30;

type Font = 'Helvetica' | 'Helvetica-Bold';

interface Sheet {
  readonly pdf: PDFKit.PDFDocument;
  readonly site: string | null;
  readonly inner: number;
}

/**
 * A document as PDF, of texts, lines and links to our console alone: no scripts, no forms, no files inside, no fonts but those of the reader. What those
 * cannot show, and what hides or reorders text, is shown by its code. The same document gives the same bytes.
 */
export async function printPdf(document: PrintedDocument): Promise<Uint8Array> {
  // Loaded when it is needed: most who start jobzero print nothing.
  const { default: PDFDocument } = await import('pdfkit');
  const title = shownInPdf(document.title);
  const pdf = new PDFDocument({
    size: 'A4',
    margin,
    bufferPages: true,
    lang: 'en',
    displayTitle: true,
    info: { Title: title, Producer: 'jobzero', Creator: 'jobzero', CreationDate: new Date(document.at) },
  });
  const bytes = buffer(pdf);
  const sheet: Sheet = { pdf, site: document.site, inner: pdf.page.width - 2 * margin };
  write(sheet, title, 'Helvetica-Bold', sizes.title);
  pdf.y += gap;
  for (const block of document.blocks) place(sheet, block);
  numberPages(sheet, title);
  pdf.end();
  return bytes;
}

function place(sheet: Sheet, block: Block): void {
  const { pdf } = sheet;
  switch (block.kind) {
    case 'heading':
      // A heading does not stand alone at the foot of a page.
      room(sheet, 70);
      pdf.y += block.level === 2 ? 2 * gap : gap;
      write(sheet, shownInPdf(block.text), 'Helvetica-Bold', sizes[block.level]);
      pdf.y += 2;
      return;
    case 'paragraph':
      write(sheet, shownInPdf(block.text), 'Helvetica', sizes.text);
      break;
    case 'list':
      for (const item of block.items) bullet(sheet, item);
      break;
    case 'questions':
      for (const item of block.items) question(sheet, item);
      return;
    case 'table':
      table(sheet, block);
      break;
    default:
      return block satisfies never;
  }
  pdf.y += gap;
}

/** There is so much room, in points, or a new page. */
function room({ pdf }: Sheet, height: number): boolean {
  if (pdf.y + height <= pdf.page.height - margin) return false;
  pdf.addPage();
  return true;
}

function write({ pdf, inner }: Sheet, text: string, font: Font, size: number): void {
  pdf.font(font).fontSize(size).text(text, margin, pdf.y, { width: inner });
}

function bullet(sheet: Sheet, item: Cell): void {
  const { pdf, inner } = sheet;
  pdf.font('Helvetica').fontSize(sizes.text);
  room(sheet, pdf.currentLineHeight(true));
  const top = pdf.y;
  pdf.text('•', margin, top, { lineBreak: false });
  pdf.text(textOf(item), margin + 10, top, { width: inner - 10, ...linkOf(sheet, item) });
}

/** A question and the room for its answer stay together. */
function question(sheet: Sheet, item: string): void {
  const { pdf, inner } = sheet;
  room(sheet, 70);
  bullet(sheet, item);
  for (let i = 0; i < 2; i++) {
    room(sheet, 20);
    pdf.y += 20;
    rule(pdf, margin + 10, inner - 10);
  }
  pdf.y += gap;
}

function table(sheet: Sheet, { head, widths, rows }: Extract<Block, { readonly kind: 'table' }>): void {
  const total = widths.reduce((sum, next) => sum + next, 0);
  const columns = head.map((_, i) => ((widths[i] ?? 0) / total) * sheet.inner);
  room(sheet, 60);
  row(sheet, columns, head, 'Helvetica-Bold');
  for (const cells of rows)
    for (const part of partsOf(columns, cells)) {
      if (room(sheet, heightOf(sheet, columns, part))) row(sheet, columns, head, 'Helvetica-Bold');
      row(sheet, columns, part, 'Helvetica');
    }
}

/** A row that could be longer than a page as several. */
function partsOf(columns: readonly number[], cells: readonly Cell[]): readonly (readonly Cell[])[] {
  const slices = columns.map((width, i) => {
    const cell = cells[i] ?? '';
    const most = Math.max(1, Math.floor((width - 8) / sizes.table)) * linesOfRow;
    const text = textOf(cell);
    return Array.from({ length: Math.max(1, Math.ceil(text.length / most)) }, (_, n): Cell => {
      const slice = text.slice(n * most, (n + 1) * most);
      return typeof cell === 'string' ? slice : { text: slice, path: cell.path };
    });
  });
  return Array.from({ length: Math.max(...slices.map(({ length }) => length)) }, (_, n) => slices.map((parts) => parts[n] ?? ''));
}

function heightOf({ pdf }: Sheet, columns: readonly number[], cells: readonly Cell[]): number {
  pdf.font('Helvetica-Bold').fontSize(sizes.table);
  return 4 + Math.max(...columns.map((width, i) => pdf.heightOfString(textOf(cells[i] ?? '') || ' ', { width: width - 8 })));
}

function row(sheet: Sheet, columns: readonly number[], cells: readonly Cell[], font: Font): void {
  const { pdf, inner } = sheet;
  const top = pdf.y;
  const height = heightOf(sheet, columns, cells);
  pdf.font(font).fontSize(sizes.table);
  let x = margin;
  for (const [i, width] of columns.entries()) {
    const text = textOf(cells[i] ?? '');
    if (text !== '') pdf.text(text, x, top, { width: width - 8, ...linkOf(sheet, cells[i] ?? '') });
    x += width;
  }
  pdf.y = top + height - 2;
  rule(pdf, margin, inner);
  pdf.y += 2;
}

function rule(pdf: PDFKit.PDFDocument, x: number, width: number): void {
  pdf
    .moveTo(x, pdf.y)
    .lineTo(x + width, pdf.y)
    .lineWidth(0.5)
    .strokeColor('#cccccc')
    .stroke();
}

/** Title and number at the foot of each page. */
function numberPages({ pdf, inner }: Sheet, title: string): void {
  const { count } = pdf.bufferedPageRange();
  for (let i = 0; i < count; i++) {
    pdf.switchToPage(i);
    // The foot lies below what is written on, which would else turn the page.
    pdf.page.margins.bottom = 0;
    pdf.font('Helvetica').fontSize(sizes.foot);
    const top = pdf.page.height - margin / 2 - sizes.foot;
    pdf.text(title, margin, top, { width: inner - 60, height: sizes.foot, ellipsis: true });
    pdf.text(`${i + 1} / ${count}`, margin + inner - 60, top, { width: 60, align: 'right', lineBreak: false });
  }
}

function textOf(cell: Cell): string {
  return shownInPdf(typeof cell === 'string' ? cell : cell.text);
}

/** Only our own addresses are links. */
function linkOf({ site }: Sheet, cell: Cell): { readonly link?: string } {
  return typeof cell === 'string' || site === null ? {} : { link: `${site}${encodeURI(cell.path)}` };
}

/** Marks of writing beyond Latin-1 that the fonts have which every reader brings along (WinAnsiEncoding, ISO 32000-1, annex D). */
const more: ReadonlySet<string> = new Set('€…‘’“”•–—');

/** A text in these fonts, on one line. What they cannot show, and what hides or reorders text, is shown by its code: `\u{202e}`. */
function shownInPdf(text: string): string {
  let shown = '';
  for (const char of text.toWellFormed().replace(/\s+/g, ' ').trim()) {
    const code = char.codePointAt(0) ?? 0;
    const known = more.has(char) || (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff && code !== 0xad);
    shown += known ? char : `\\u{${code.toString(16)}}`;
  }
  return shown;
}
