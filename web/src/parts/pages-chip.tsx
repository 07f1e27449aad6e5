/** Does an incident wake somebody? */
export function PagesChip({ pages }: { readonly pages: boolean }) {
  return (
    <span className={pages ? 'chip chip-trouble' : 'chip chip-quiet'}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {pages ? (
          <path
            d="M2.6 9h6.8L8.6 7.6V5.2a2.6 2.6 0 0 0-5.2 0v2.4ZM5.1 10.6h1.8"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.3"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        ) : (
          <path d="M2.5 6h7" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />
        )}
      </svg>
      {pages ? 'pages' : 'no page'}
    </span>
  );
}
