import { Link } from '../../lib/router.tsx';
import { Visible } from '../visible.tsx';

/** A text that leads to where it is about, if that is somewhere. */
export function WayTo({ path, text }: { readonly path: string | null; readonly text: string }) {
  if (path === null) return <Visible text={text} />;
  return (
    <Link to={path}>
      <Visible text={text} />
    </Link>
  );
}
