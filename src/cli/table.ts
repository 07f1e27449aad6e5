import { cutToWidth, textWidth } from './text-width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** This column gives way when the terminal is narrow; one column of a table should. */
  readonly flexible?: true;
}

/** Texts must be printable already; `paint` colours a whole cell after it was measured. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const gap = '  ';

/**
 * Rows in columns, two spaces apart, with a line of titles. `width` is the terminal's; null leaves every text whole,
 * since a file has no edge.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number | null,
  dim: (text: string) => string,
): string {
  const widths = columns.map((column, i) => Math.max(textWidth(column.title), ...rows.map((row) => textWidth(row[i]?.text ?? ''))));
  if (width !== null) {
    const total = widths.reduce((sum, next) => sum + next, 0) + gap.length * (columns.length - 1);
    const flexible = columns.findIndex((column) => column.flexible);
    if (flexible >= 0 && total > width) widths[flexible] = Math.max(12, (widths[flexible] ?? 0) - (total - width));
  }
  const line = (cells: readonly Cell[]): string =>
    cells
      .map(({ text, paint }, i) => {
        const room = widths[i] ?? 0;
        const cut = cutToWidth(text, room);
        const pad = ' '.repeat(Math.max(0, room - textWidth(cut)));
        const painted = paint === undefined ? cut : paint(cut);
        if (columns[i]?.align === 'right') return pad + painted;
        return i === cells.length - 1 ? painted : painted + pad;
      })
      .join(gap)
      .trimEnd();
  return [line(columns.map(({ title }) => ({ text: title, paint: dim }))), ...rows.map(line)].map((text) => `${text}\n`).join('');
}
