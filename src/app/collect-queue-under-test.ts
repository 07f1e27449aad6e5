import { parseRules } from '../core/detect/sigma/parse-rules.ts';

/** A rule for single events and one for many, for tests of what queues bring. */
export const { rules: rulesUnderTest, faults } = parseRules(
  `
title: trail stopped
id: trail-stopped
logsource: { product: aws, service: cloudtrail }
detection: { s: { eventName: StopLogging }, condition: s }
level: high
---
title: trail stopped, for the one below
name: trail_stopped
logsource: { product: aws, service: cloudtrail }
detection: { s: { eventName: StopLogging }, condition: s }
---
title: many trails stopped
id: many-trails-stopped
correlation: { type: event_count, rules: [trail_stopped], group-by: [sourceIPAddress], timespan: 10m, condition: { gte: 50 } }
level: critical
`,
  'queue.yml',
);

/** An event as CloudTrail records it; EventBridge carries the same in its `detail`. */
export const recordOf = (n: number) => ({
  eventVersion: '1.11',
  eventID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  eventTime: `2026-01-05T10:00:${String(n % 60).padStart(2, '0')}Z`,
  eventSource: 'cloudtrail.amazonaws.com',
  eventName: 'StopLogging',
  awsRegion: 'eu-west-1',
  sourceIPAddress: '198.51.100.3',
  userAgent: 'aws-cli/2.15',
  recipientAccountId: '111122223333',
  userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/u${n}`, userName: `u${n}`, accountId: '111122223333' },
  requestParameters: { name: 'production-trail' },
});
