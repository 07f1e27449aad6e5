import { type ReactNode, useEffect, useRef } from 'react';

let opened = 0;

/** A page: its title in the tab, and the focus on its heading after a move, so that keyboard and reader start there. */
export function Page({
  title,
  heading,
  long = false,
  lead,
  children,
}: {
  readonly title: string;
  readonly heading?: ReactNode;
  /** The heading is a whole sentence. */
  readonly long?: boolean;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · jobzero`;
  }, [title]);
  useEffect(() => {
    if (opened++ > 0) ref.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <header className="page-head">
        <h1 ref={ref} tabIndex={-1} className={long ? 'long' : undefined}>
          {heading ?? title}
        </h1>
        {lead === undefined ? null : <div className="lead">{lead}</div>}
      </header>
      {children}
    </>
  );
}
