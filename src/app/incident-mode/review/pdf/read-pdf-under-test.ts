/**
 * What a PDF of ours says: its texts in WinAnsi as Latin-1, its links, and how many pages it has. Throws for a file whose table of places, lengths of streams or counts are
 * not right (ISO 32000-1, 7.5), so that a test reads it as a reader would.
 */
export function textsOf(bytes: Uint8Array): {
  readonly texts: readonly string[];
  readonly links: readonly string[];
  readonly pages: number;
} {
  const file = Buffer.from(bytes).toString('latin1');
  if (!file.startsWith('%PDF-1.4\n') || !file.endsWith('%%EOF\n')) throw new Error('no PDF');
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
  const [, count = ''] = /^xref\n0 (\d+)\n/.exec(file.slice(start)) ?? [];
  const table = file
    .slice(start)
    .split('\n')
    .slice(2, 2 + Number(count));
  const objects = table.slice(1).map((row, i) => {
    if (!/^\d{10} 00000 n $/.test(row)) throw new Error(`bad row ${row}`);
    const place = Number(row.slice(0, 10));
    if (!file.startsWith(`${i + 1} 0 obj\n`, place)) throw new Error(`object ${i + 1} is not at ${place}`);
    return file.slice(place, file.indexOf('\nendobj\n', place));
  });
  if (!new RegExp(`/Size ${count} `).test(file)) throw new Error('bad size');
  const texts: string[] = [];
  const links: string[] = [];
  let pages = 0;
  for (const object of objects) {
    const stream = /<< \/Length (\d+) >>\nstream\n([\s\S]*)\nendstream$/.exec(object);
    if (stream !== null && stream[2]?.length !== Number(stream[1])) throw new Error('bad length');
    for (const [, digits = ''] of (stream?.[2] ?? '').matchAll(/<([0-9a-f]*)> Tj/g))
      texts.push(Buffer.from(digits, 'hex').toString('latin1'));
    for (const [, digits = ''] of object.matchAll(/\/URI <([0-9a-f]*)>/g)) links.push(Buffer.from(digits, 'hex').toString('latin1'));
    if (/\/Type \/Page /.test(object)) pages++;
  }
  if (!new RegExp(`/Type /Pages /Count ${pages} `).test(file)) throw new Error('bad count of pages');
  return { texts, links, pages };
}
