import { z } from 'zod';
import { clipLine } from '../../lib/clip.ts';
import { accountOf, regionOf } from './names.ts';
import { reportTime } from './report-time.ts';

/** Parts of the shapes of findings. Members that are not named here may be there, and are not looked at. */

/** A text of a finding is kept so far, on one line: whoever makes findings may write anything of any length. */
const longest = 1_024;

export const text = z.string().transform((value) => clipLine(value, longest));
export const time = z.unknown().transform((value, context) => {
  const at = reportTime(value);
  if (at !== null) return at;
  context.addIssue({ code: 'custom', message: 'is no time' });
  return z.NEVER;
});
export const account = z.string().refine((value) => accountOf(value) !== null, 'is no account id');
export const region = z.string().refine((value) => regionOf(value) !== null, 'is no Region');

/** What is wrong with a record, as `path: reason` of the first thing that is. */
export function whyNot(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'not of the shape that is documented';
  const path = issue.path.map(String).join('.').slice(0, 200);
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
