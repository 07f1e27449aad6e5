/**
 * Whether an object or file below a log root is read as a log: by its name, before its content is known. Left out are
 * CloudTrail's digest files, which prove and are no logs, what AWS Config delivers, and what is being written (hidden, `.tmp`).
 * S3 server access logs have no extension: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
 */
export function isLogName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.startsWith('.') || isDigestName(path) || /_Config_|_ConfigHistory_|_ConfigSnapshot_/.test(name)) return false;
  return /\.(json|jsonl|ndjson|log|txt|gz)$/i.test(name) || /(^|[^0-9])\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}$/.test(name);
}

/** Whether it is one of CloudTrail's signed digest files. */
export function isDigestName(path: string): boolean {
  return path.includes('_CloudTrail-Digest_');
}
