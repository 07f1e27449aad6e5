import { partitionOf } from '../../core/lib/arn.ts';

const usual = 'http://169.254.169.254';
/** It is on the machine itself, or it is not there. */
const patienceMs = 1_000;

/**
 * ARN of the EC2 instance on which this process runs, as the instance's metadata service says (version 2, with a token); null where there is none. Never
 * throws. `AWS_EC2_METADATA_DISABLED` and `AWS_EC2_METADATA_SERVICE_ENDPOINT` hold as for the SDK.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html
 */
export async function ownHost(env: { readonly [name: string]: string | undefined }): Promise<string | null> {
  if (env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return null;
  const at = (env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? usual).replace(/\/$/, '');
  const ask = async (path: string, init: RequestInit): Promise<string | null> => {
    const response = await fetch(`${at}${path}`, { ...init, redirect: 'error', signal: AbortSignal.timeout(patienceMs) });
    return response.ok ? response.text() : null;
  };
  try {
    const token = await ask('/latest/api/token', { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' } });
    if (token === null) return null;
    const text = await ask('/latest/dynamic/instance-identity/document', { headers: { 'x-aws-ec2-metadata-token': token } });
    const document = JSON.parse(text ?? 'null') as { readonly [field: string]: unknown } | null;
    const [account, region, id] = ['accountId', 'region', 'instanceId'].map((field) => String(document?.[field] ?? ''));
    if (account === undefined || region === undefined || id === undefined) return null;
    if (!/^\d{12}$/.test(account) || !/^[a-z0-9-]{4,30}$/.test(region) || !/^i-[0-9a-f]{8,17}$/.test(id)) return null;
    return `arn:${partitionOf(region)}:ec2:${region}:${account}:instance/${id}`;
  } catch {
    return null;
  }
}
