import { sha256 } from '../../../../core/lib/hash.ts';
import type { PrintedDocument } from '../../../../core/model/printed-document.ts';
import { isHidden } from '../is-hidden.ts';
import { type Font, widthOfCode } from './fonts.ts';
import { layOut, type Mark, paper } from './layout.ts';

/**
 * A document as PDF 1.4 (ISO 32000-1), of texts, lines and links to our console alone: no scripts, no forms, no files inside, no fonts but those of the reader. Every text
 * is written as hexadecimal digits, so that nothing in it can end a string or begin a command. The same document gives the same bytes.
 */
export function printPdf(document: PrintedDocument): Uint8Array {
  const pages = layOut(document);
  const objects: string[] = [];
  const add = (body: string): number => objects.push(body);
  const catalog = add('');
  const tree = add('');
  const regular = add(fontOf('regular', 'Helvetica', add(descriptorOf('Helvetica', 88))));
  const bold = add(fontOf('bold', 'Helvetica-Bold', add(descriptorOf('Helvetica-Bold', 140))));
  const kids = pages.map((marks) => {
    const links = marks.flatMap((mark) => (mark.kind === 'link' ? [add(annotation(mark))] : []));
    const content = add(stream(marks.map(draw).join('')));
    return add(
      `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 ${paper.width} ${paper.height}] /Contents ${content} 0 R ` +
        `/Resources << /Font << /F1 ${regular} 0 R /F2 ${bold} 0 R >> >> /Annots [${links.map((id) => `${id} 0 R`).join(' ')}] >>`,
    );
  });
  objects[catalog - 1] = `<< /Type /Catalog /Pages ${tree} 0 R /Lang <656e> /ViewerPreferences << /DisplayDocTitle true >> >>`;
  objects[tree - 1] = `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((id) => `${id} 0 R`).join(' ')}] >>`;
  const info = add(`<< /Title ${utf16(document.title)} /Producer <6a6f627a65726f> /CreationDate (${dateOf(document.at)}) >>`);
  return Buffer.from(fileOf(objects, catalog, info), 'latin1');
}

/** With its widths, so that a reader that puts another font in its place makes it as wide. */
function fontOf(font: Font, name: string, descriptor: number): string {
  const widths = Array.from({ length: 224 }, (_, i) => widthOfCode(i + 32, font));
  return (
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 255 ` +
    `/Widths [${widths.join(' ')}] /FontDescriptor ${descriptor} 0 R >>`
  );
}

function descriptorOf(name: string, stem: number): string {
  return (
    `<< /Type /FontDescriptor /FontName /${name} /Flags 32 /FontBBox [-170 -228 1003 962] /ItalicAngle 0 /Ascent 718 /Descent -207 ` +
    `/CapHeight 718 /StemV ${stem} >>`
  );
}

/** Header, objects, the table of where they are, and the trailer. One char is one byte. */
function fileOf(objects: readonly string[], catalog: number, info: number): string {
  // The second line tells programs that move files that this is not text.
  let file = '%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n';
  const places = objects.map((body, i) => {
    const place = file.length;
    file += `${i + 1} 0 obj\n${body}\nendobj\n`;
    return place;
  });
  const start = file.length;
  const id = sha256(file).slice(0, 32);
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  return (
    `${file}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}` +
    `trailer\n<< /Size ${objects.length + 1} /Root ${catalog} 0 R /Info ${info} 0 R /ID [<${id}> <${id}>] >>\nstartxref\n${start}\n%%EOF\n`
  );
}

function stream(content: string): string {
  return `<< /Length ${content.length} >>\nstream\n${content}\nendstream`;
}

function draw(mark: Mark): string {
  switch (mark.kind) {
    case 'text':
      return `BT /F${mark.font === 'bold' ? 2 : 1} ${mark.size} Tf ${at(mark.x)} ${at(mark.y)} Td <${hex(mark.text)}> Tj ET\n`;
    case 'line':
      return `0.8 G 0.5 w ${at(mark.x)} ${at(mark.y)} m ${at(mark.x + mark.width)} ${at(mark.y)} l S\n`;
    case 'link':
      return '';
    default:
      return mark satisfies never;
  }
}

function annotation({ x, y, width, height, url }: Extract<Mark, { readonly kind: 'link' }>): string {
  const box = [x, y, x + width, y + height].map(at).join(' ');
  return `<< /Type /Annot /Subtype /Link /Rect [${box}] /Border [0 0 0] /A << /S /URI /URI <${hex(url)}> >> >>`;
}

const at = (n: number): string => n.toFixed(2);

/** An encoded text, or an address in ASCII, as digits. */
function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}

/** For the title, which readers show themselves: UTF-16 with its mark, without what hides or reorders. */
function utf16(text: string): string {
  let shown = '';
  for (const char of text.toWellFormed()) shown += isHidden(char.codePointAt(0) ?? 0) ? ' ' : char;
  return `<feff${Buffer.from(shown, 'utf16le').swap16().toString('hex')}>`;
}

/** `D:20260301020000Z`. */
function dateOf(time: number): string {
  return `D:${new Date(time).toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`;
}
