import { InputError } from '../core/model/errors.ts';

/** No line of ours is as large; one without end must not fill the memory. */
const maxLine = 512 * 1024 * 1024;

/** Lines by line feed alone: texts may hold other line separators. A last line without its line feed is no line. Throws InputError for one without end. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let at = buffer.indexOf(10); at !== -1; at = buffer.indexOf(10, start)) {
      pieces.push(buffer.subarray(start, at));
      yield pieces.length === 1 ? (pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(pieces);
      pieces = [];
      length = 0;
      start = at + 1;
    }
    pieces.push(Buffer.from(buffer.subarray(start)));
    length += buffer.length - start;
    if (length > maxLine) throw new InputError('a line without end', 'file');
  }
}
