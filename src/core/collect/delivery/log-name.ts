const withoutExtension = /(^|[^0-9])\d{4}(?:-\d\d){5}-(?:[0-9A-F]{16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Whether an object or file below a log root is read as a log: by its name, before its content is known. Left out are
 * CloudTrail's digest files, which prove and are no logs, what AWS Config delivers, and what is being written (hidden, `.tmp`).
 * S3 server access logs have no extension: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html; nor has what
 * Firehose delivers unless it is told one: https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html
 */
export function isLogName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.startsWith('.') || isDigestName(path) || /_Config_|_ConfigHistory_|_ConfigSnapshot_/.test(name)) return false;
  return /\.(json|jsonl|ndjson|log|txt|gz|parquet)$/i.test(name) || withoutExtension.test(name);
}

/** Whether it is one of CloudTrail's signed digest files. */
export function isDigestName(path: string): boolean {
  return path.includes('_CloudTrail-Digest_');
}
