import { splitVisible } from '../lib/split-visible.ts';

/** Text from logs or from AWS: isolated, and with every character that hides or reorders shown by its code. */
export function Visible({ text, mono = false }: { readonly text: string; readonly mono?: boolean }) {
  const pieces = splitVisible(text);
  return (
    <bdi className={mono ? 'mono' : undefined}>
      {pieces.map((piece, index) =>
        'plain' in piece ? (
          piece.plain
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text have no identity but their place
          <span key={index} className="hidden-character" title={piece.name}>
            {piece.code}
          </span>
        ),
      )}
    </bdi>
  );
}
