/** Why what was asked for did not happen, said at once to those who cannot see it. */
export function Trouble({ error }: { readonly error: Error | null }) {
  if (error === null) return null;
  return (
    <p className="error" role="alert">
      {error.message}
    </p>
  );
}
