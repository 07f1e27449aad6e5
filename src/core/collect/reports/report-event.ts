import type { Event } from '../../model/event.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import type { Source } from '../../model/source.ts';
import { hashOfRecord } from '../record-event.ts';

/**
 * A record of a finding as an event. Each version of a finding is one; the same version delivered twice is the same. Its time is that of
 * the version.
 */
export function reportEvent(source: Source, raw: JsonObject, report: Report): Event {
  const { updatedAt, type, account, region, service, resources, actor, ip, userAgent, error } = report;
  const [resource] = resources;
  return {
    source,
    key: `sha256/${hashOfRecord(raw)}`,
    time: updatedAt,
    raw,
    report,
    words: {
      id: report.uid,
      operation: type,
      service,
      account,
      region,
      ...(ip === undefined ? {} : { ip }),
      ...(userAgent === undefined ? {} : { userAgent }),
      ...(error === undefined ? {} : { error }),
      ...(actor === undefined ? {} : { actor }),
      ...(resource === undefined ? {} : { resource }),
    },
  };
}
