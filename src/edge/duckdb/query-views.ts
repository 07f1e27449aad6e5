import { sources } from '../../core/model/source.ts';
import { literal } from './sql.ts';

/** Members of a CloudTrail record that most questions ask for, by the column's name. */
const cloudTrailColumns: readonly (readonly [column: string, ...paths: string[]])[] = [
  ['eventID', '$.eventID'],
  ['principal', '$.userIdentity.arn', '$.userIdentity.principalId', '$.userIdentity.invokedBy'],
  ['principalType', '$.userIdentity.type'],
  ['userName', '$.userIdentity.userName'],
  ['accessKeyId', '$.userIdentity.accessKeyId'],
  ['principalAccount', '$.userIdentity.accountId'],
  ['role', '$.userIdentity.sessionContext.sessionIssuer.arn'],
  ['mfa', '$.userIdentity.sessionContext.attributes.mfaAuthenticated'],
  ['ip', '$.sourceIPAddress'],
  ['userAgent', '$.userAgent'],
  ['errorCode', '$.errorCode'],
  ['errorMessage', '$.errorMessage'],
  ['readOnly', '$.readOnly'],
];

/**
 * The views that questions ask: `events` has every event of every source with its record; each source has one of its own, and that
 * of CloudTrail the columns that people know. A record that DuckDB cannot read as JSON is an object with its text.
 */
export function viewsOver(stored: string): readonly string[] {
  const record = `case when json_valid(raw) then raw else json_object('unreadable', raw) end`;
  const events = `create view events as select key, source, account, region, time, ${record} as record, object, index1, index2 from ${stored}`;
  const member = (paths: readonly string[]) => {
    const found = paths.map((path) => `json_extract_string(record, ${literal(path)})`);
    return found.length === 1 ? found[0] : `coalesce(${found.join(', ')})`;
  };
  const known = cloudTrailColumns.map(([column, ...paths]) => `${member(paths)} as ${column}`);
  const cloudTrail = `create view cloudtrail as select key, account, region, time, time as eventTime,
    coalesce(index1, ${member(['$.eventSource'])}) as eventSource, coalesce(index2, ${member(['$.eventName'])}) as eventName,
    ${known.join(', ')}, json_extract(record, '$.requestParameters') as request, json_extract(record, '$.responseElements') as response,
    json_extract(record, '$.additionalEventData') as additional, record
    from events where source = 'aws.cloudtrail'`;
  const others = sources
    .filter((source) => source !== 'aws.cloudtrail')
    .map(
      (source) =>
        `create view ${viewName(source)} as select key, account, region, time, record from events where source = ${literal(source)}`,
    );
  return [events, cloudTrail, ...others];
}

/** `aws.vpc-flow` is asked as `vpc_flow`. */
function viewName(source: string): string {
  return source.replace(/^aws\./, '').replace(/[^a-z0-9]/g, '_');
}
