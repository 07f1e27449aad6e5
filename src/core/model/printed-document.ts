/** A document for people, of which several forms are printed. Its texts are plain: nothing in them is markup in any form. */
export interface PrintedDocument {
  readonly format: 'jobzero.printed-document/1';
  readonly title: string;
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  /** Where the console is reached, for links; null for none. */
  readonly site: string | null;
  readonly blocks: readonly Block[];
}

/** A text; or one that leads to a path of the console. */
export type Cell = string | { readonly text: string; readonly path: string };

export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Cell[] }
  /** Each with room for an answer below it. */
  | { readonly kind: 'questions'; readonly items: readonly string[] }
  /** `widths`: shares of the columns, which a form may follow. */
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly widths: readonly number[];
      readonly rows: readonly (readonly Cell[])[];
    };
