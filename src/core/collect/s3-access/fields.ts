/**
 * The fields of a line in their order, by AWS's names as one word.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
 */
export const fields = [
  'bucket_owner',
  'bucket',
  'time',
  'remote_ip',
  'requester',
  'request_id',
  'operation',
  'key',
  'request_uri',
  'http_status',
  'error_code',
  'bytes_sent',
  'object_size',
  'total_time',
  'turn_around_time',
  'referer',
  'user_agent',
  'version_id',
  'host_id',
  'signature_version',
  'cipher_suite',
  'authentication_type',
  'host_header',
  'tls_version',
  'access_point_arn',
  'acl_required',
  'source_region',
] as const;

/** Older lines end sooner; up to here every line has them. */
export const fewest = fields.indexOf('version_id') + 1;

export const wholeNumbers = ['bytes_sent', 'object_size', 'total_time', 'turn_around_time'] as const;
