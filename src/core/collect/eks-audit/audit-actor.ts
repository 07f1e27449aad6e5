import { listAt, textAt } from '../../lib/json-at.ts';
import type { Actor } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';

/**
 * Who asked: the AWS principal where EKS's authenticator knows one, which it tells in `user.extra` (`arn`,
 * `canonicalArn`, `accessKeyId`, `sessionName`, `principalId`); else the name that Kubernetes has for it, within its cluster.
 * https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/master/README.md
 */
export function auditActor(raw: JsonObject): Actor | null {
  const username = textAt(raw, 'user', 'username');
  const extra = (name: string) => textAt(listAt(raw, 'user', 'extra', name)[0]);
  const arn = extra('arn');
  if (username === null && arn === null) return null;
  const name = username ?? arn ?? '';
  const cluster = textAt(raw, 'cluster') ?? '';
  if (arn === null) return { name, type: typeOf(name), uid: cluster === '' ? name : `${cluster}/${name}` };
  const account = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
  const accessKeyId = extra('accessKeyId');
  const canonical = extra('canonicalArn');
  const id = extra('principalId');
  const session = extra('sessionName');
  const isSession = arn.includes(':assumed-role/');
  // In canonical order, as all that becomes part of a finding.
  return {
    ...(accessKeyId === null || accessKeyId === '' ? {} : { accessKeyId }),
    ...(account === undefined ? {} : { account }),
    ...(isSession && canonical?.includes(':role/') ? { issuer: canonical } : {}),
    name,
    ...(id === null ? {} : { principalId: session === null || session === '' || id.includes(':') ? id : `${id}:${session}` }),
    type: isSession ? 'AssumedRole' : arn.includes(':user/') ? 'IAMUser' : arn.endsWith(':root') ? 'Root' : 'Unknown',
    uid: arn,
  };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/ */
function typeOf(username: string): string {
  if (username === 'system:anonymous') return 'Anonymous';
  if (username.startsWith('system:serviceaccount:')) return 'ServiceAccount';
  if (username.startsWith('system:node:')) return 'Node';
  return username.startsWith('system:') ? 'System' : 'KubernetesUser';
}
