import { type ReactNode, useState } from 'react';

/** What was told in order, the newest first: the last few, and all when one asks for them. */
export function NewestFirst<Item>({
  items,
  shown,
  className,
  row,
}: {
  readonly items: readonly Item[];
  readonly shown: number;
  readonly className: string;
  /** With its key. */
  readonly row: (item: Item, index: number) => ReactNode;
}) {
  const [all, setAll] = useState(false);
  const newest = items.toReversed();
  return (
    <>
      <ol className={className}>{(all ? newest : newest.slice(0, shown)).map(row)}</ol>
      {all || items.length <= shown ? null : (
        <button type="button" className="button button-small" onClick={() => setAll(true)}>
          All {items.length}
        </button>
      )}
    </>
  );
}
