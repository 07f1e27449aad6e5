import { CloudError, type CloudErrorKind } from '../../core/model/errors.ts';

/** What the SDK, or Node below it, throws. */
interface Thrown {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly Code?: unknown;
  readonly Error?: { readonly Code?: unknown; readonly Message?: unknown };
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
  readonly $response?: { readonly statusCode?: number; readonly headers?: { readonly [name: string]: string | undefined } };
  readonly $retryable?: { readonly throttling?: boolean };
  readonly $fault?: unknown;
}

/** AWS's codes by kind; the first line that fits counts. Sources: the "Common Errors" page of each service's API reference. */
const kinds: readonly (readonly [RegExp, CloudErrorKind])[] = [
  [
    /^(Throttl|RequestLimitExceeded|RequestThrottle|TooManyRequests|SlowDown|BandwidthLimitExceeded|EC2Throttled|PriorRequestNotComplete|ProvisionedThroughputExceeded|TransactionInProgress|Client\.RequestLimitExceeded)/,
    'throttled',
  ],
  [
    /^(AccessDenied|AccessForbidden|UnauthorizedOperation|UnauthorizedAccess|NotAuthorized|AuthFailure|AuthorizationError|UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|ExpiredToken|TokenRefreshRequired|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|MissingAuthenticationToken|OptInRequired|Forbidden|AllAccessDisabled|AccountProblem|Blocked|InvalidToken|ExpiredTokenException|AuthorizationHeaderMalformed|RegionDisabled|RequestExpired|RequestTimeTooSkewed|NotSignedUp|SubscriptionRequired)/,
    'denied',
  ],
  [
    /^(NoSuch|.*NotFound|ReportNotPresent|CredentialReportNotPresent|.*NotInUse|ReplicationConfigurationNotFoundError|ReportExpired)/,
    'not-found',
  ],
  [
    /(AlreadyExists|AlreadyOwnedByYou|Duplicate|^DeleteConflict|^Conflict|^ConcurrentModification|^OperationAborted|^PreconditionFailed|^ConditionalRequest|^DependencyViolation|^ResourceInUse|^BucketNotEmpty|^IncorrectState|^IncorrectInstanceState|^UnmodifiableEntity|^EntityTemporarilyUnmodifiable|InUse$)/,
    'conflict',
  ],
  [/(LimitExceeded|^ServiceQuotaExceeded|^TooMany|^MaximumNumber|^InsufficientCapacity|QuotaExceeded)/, 'quota'],
  [
    /^(InternalFailure|InternalError|InternalServer|ServiceUnavailable|Unavailable|ServiceFailure|ReportInProgress|CredentialReportNotReady|ServerException|RequestTimeout)/,
    'unavailable',
  ],
  [/^(Unsupported|NotImplemented|InvalidAction|UnknownOperation|OperationNotPermitted|MethodNotAllowed|NotSupported)/, 'unsupported'],
];

const noNetwork =
  /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EHOST|ENETUNREACH|EPROTO|ERR_TLS|CERT_|UND_ERR|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

/**
 * Turns whatever a call threw into a CloudError of the kind that callers act on. `emulated` says that an endpoint stands
 * in for AWS: there a 500 that is not in the service's own format means "not implemented here" and will not go away.
 */
export function cloudErrorOf(action: string, thrown: unknown, emulated: boolean): CloudError {
  if (thrown instanceof CloudError) return thrown;
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : { message: String(thrown) }) as Thrown;
  const status = error.$metadata?.httpStatusCode ?? error.$response?.statusCode;
  const message = textOf(error.message) ?? textOf(error.Error?.Message) ?? 'no message';
  const as = (kind: CloudErrorKind, code: string, says: string) =>
    new CloudError(kind, code, action, `${action}: ${says}`, { cause: thrown });

  if (error.name === 'CredentialsProviderError' || error.name === 'TokenProviderError') return as('denied', 'NoCredentials', message);
  const html = /html/i.test(error.$response?.headers?.['content-type'] ?? '');
  // The SDK could not parse what came: no service writes HTML, but emulators and proxies do.
  if (status !== undefined && (html || error.$fault === undefined)) {
    if (emulated && status >= 500) return as('unavailable', 'NotImplementedHere', `the endpoint does not implement this (HTTP ${status})`);
    if (status >= 500) return as('unavailable', `Http${status}`, message);
    if (html || status < 400) return as('unavailable', 'UnreadableAnswer', `HTTP ${status}, in no format of AWS: ${message}`);
  }
  if (status === undefined && error.$fault === undefined) {
    const code = textOf(error.code) ?? '';
    if (noNetwork.test(code) || error.name === 'TimeoutError' || error.name === 'AbortError')
      return as('unavailable', code || 'Timeout', message);
    // Nothing was sent: the SDK refused the input.
    return as('invalid', 'InvalidInput', message);
  }

  const code = codeOf(error);
  if (error.$retryable?.throttling === true || status === 429) return as('throttled', code, message);
  // Of a service that is off: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html
  if (code === 'InvalidAccessException' && /not subscribed/.test(message)) return as('not-found', code, message);
  for (const [pattern, kind] of kinds) if (pattern.test(code)) return as(kind, code, message);
  if (status !== undefined && status >= 500) return as(status === 501 ? 'unsupported' : 'unavailable', code, message);
  if (status === 401 || status === 403) return as('denied', code, message);
  if (status === 404) return as('not-found', code, message);
  if (status === 409) return as('conflict', code, message);
  return as('invalid', code, message);
}

/** The code as it went over the wire: the SDK names classes `NoSuchEntityException` where IAM says `NoSuchEntity`. */
function codeOf(error: Thrown): string {
  return textOf(error.Code) ?? textOf(error.Error?.Code) ?? textOf(error.name) ?? 'Unknown';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
