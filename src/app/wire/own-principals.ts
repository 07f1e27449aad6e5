import { jobzeroPath, jobzeroRoles } from '../../range/build-organisation.ts';
import { type CloudChoice, rolesOf } from './cloud.ts';

/** ARN patterns of our own roles, by their exact names and in every account: automation never acts against them. */
export function ownPrincipals(choice: CloudChoice): readonly string[] {
  const names =
    choice.kind === 'range' ? Object.values(jobzeroRoles).map((name) => `${jobzeroPath}${name}`) : Object.values(rolesOf(process.env));
  return names.map((name) => `arn:*:iam::*:role/${name.replace(/^\//, '')}`);
}
