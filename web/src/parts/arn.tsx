import { Visible } from './visible.tsx';

/** A resource by its name, with the whole ARN beneath it for those who compare. */
export function Arn({ uid, name }: { readonly uid: string; readonly name?: string }) {
  const short = name ?? shortName(uid);
  return (
    <span className="arn">
      <Visible text={short} />
      {short === uid ? null : (
        <small>
          <Visible text={uid} mono />
        </small>
      )}
    </span>
  );
}

/** The last part of an ARN: `security-group/sg-0a1b` -> `sg-0a1b`. */
export function shortName(uid: string): string {
  const resource = uid.startsWith('arn:') ? uid.split(':').slice(5).join(':') : uid;
  return resource.slice(resource.lastIndexOf('/') + 1) || uid;
}
