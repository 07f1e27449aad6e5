import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askForFinding } from '../../core/collect/reports/ask-for-finding.ts';
import {
  accessAnalyzerExample,
  analyzerArn,
  detectorId,
  guardDutyArn,
  guardDutyExample,
  guardDutyInHub,
  guardDutyInOcsf,
  healthExample,
  hubControlExample,
  inspectorExample,
  macieExample,
} from '../../core/collect/reports/examples.ts';
import { type ReadReport, sourceReaders } from '../../core/collect/reports/read-sources.ts';
import type { FindingSource } from '../../core/model/imported.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Report } from '../../core/model/report.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { openAws } from './open-aws.ts';

const account = '111122223333';
const member = '444455556666';
const region = 'us-east-1';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly target: string;
  readonly body: JsonObject;
}

let server: Server;
let cloud: Cloud;
let asked: Asked[] = [];

/** The wire of AWS's services as their models have it: paths, targets, and members with the spelling of the protocol. */
function answer({ method, path, target, body }: Asked): Json | null {
  const of = `${method} ${path}`;
  const seconds = (text: string) => Date.parse(text) / 1000;
  switch (target) {
    case 'StarlingDoveService.DescribeConfigRules':
      return {
        ConfigRules: [
          {
            ConfigRuleName: 'securityhub-restricted-ssh-1a2b',
            ConfigRuleArn: `arn:aws:config:${region}:${account}:config-rule/config-rule-hub`,
            Source: {},
          },
          {
            ConfigRuleName: 'restricted-ssh',
            ConfigRuleArn: `arn:aws:config:${region}:${account}:config-rule/config-rule-9rpvxc`,
            Source: {},
          },
        ],
      };
    case 'StarlingDoveService.GetComplianceDetailsByConfigRule':
    case 'StarlingDoveService.GetComplianceDetailsByResource':
      return {
        EvaluationResults: [
          {
            EvaluationResultIdentifier: {
              EvaluationResultQualifier: {
                ConfigRuleName: 'restricted-ssh',
                ResourceType: 'AWS::EC2::SecurityGroup',
                ResourceId: body['NextToken'] === undefined ? 'sg-0123456789abcdef0' : 'sg-0123456789abcdef1',
              },
              OrderingTimestamp: seconds('2026-01-05T08:12:00Z'),
            },
            ComplianceType: 'NON_COMPLIANT',
            ResultRecordedTime: seconds('2026-01-05T08:12:01Z'),
            ConfigRuleInvokedTime: seconds('2026-01-05T08:12:00Z'),
          },
        ],
        ...(body['NextToken'] === undefined && target.endsWith('Rule') ? { NextToken: 'more' } : {}),
      };
    case 'AWSHealth_20160804.DescribeEventsForOrganization': {
      const event = { service: 'RISK', startTime: seconds('2026-01-05T08:00:00Z') };
      return {
        events: [
          { ...event, arn: healthExample()['eventArn'] ?? '', statusCode: 'open' },
          { ...event, arn: healthExample(2)['eventArn'] ?? '', statusCode: 'closed' },
        ].slice(0, JSON.stringify(body).includes('lastUpdatedTime') ? 1 : 2),
      };
    }
    case 'AWSHealth_20160804.DescribeAffectedAccountsForOrganization':
      return {
        affectedAccounts: [body['nextToken'] === undefined ? member : '555566667777'],
        ...(body['nextToken'] === undefined ? { nextToken: 'more' } : {}),
      };
    case 'AWSHealth_20160804.DescribeEventDetailsForOrganization':
    case 'AWSHealth_20160804.DescribeAffectedEntitiesForOrganization': {
      const details = target.endsWith('DetailsForOrganization');
      const filters = (body[details ? 'organizationEventDetailFilters' : 'organizationEntityFilters'] ?? []) as readonly JsonObject[];
      if (!details)
        return {
          entities: filters.map((one) => ({
            ...one,
            entityValue: one['awsAccountId'] === member ? 'AKIAIOSFODNN7EXAMPLE' : 'AKIAI44QH8DHBEXAMPLE',
          })),
        };
      return {
        successfulSet: filters.map((one) => ({
          awsAccountId: one['awsAccountId'] ?? '',
          event: {
            arn: one['eventArn'] ?? '',
            service: 'RISK',
            eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED',
            region,
            startTime: seconds('2026-01-05T08:00:00Z'),
            lastUpdatedTime: seconds('2026-01-05T08:12:00Z'),
            statusCode: 'open',
          },
          eventDescription: { latestDescription: 'An access key was found on a public page.' },
        })),
      };
    }
    case 'AWSHealth_20160804.DescribeEvents':
      return { events: [{ arn: healthExample()['eventArn'] ?? '', service: 'RISK', startTime: seconds('2026-01-05T08:00:00Z') }] };
    case 'AWSHealth_20160804.DescribeEventDetails':
      return {
        successfulSet: [
          {
            event: {
              arn: healthExample()['eventArn'] ?? '',
              service: 'RISK',
              eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED',
              region,
              startTime: seconds('2026-01-05T08:00:00Z'),
              lastUpdatedTime: seconds('2026-01-05T08:12:00Z'),
              statusCode: 'open',
            },
            eventDescription: { latestDescription: 'An access key was found on a public page.' },
          },
        ],
      };
    case 'AWSHealth_20160804.DescribeAffectedEntities':
      return { entities: [{ eventArn: healthExample()['eventArn'] ?? '', entityValue: 'AKIAIOSFODNN7EXAMPLE' }] };
    default:
  }
  const external = (accessAnalyzerExample()['detail'] ?? {}) as JsonObject;
  const { accountId: _, region: __, version: ___, isDeleted: ____, isPublic, principal, action, condition, ...summary } = external;
  const finding = { ...summary, resourceOwnerAccount: account };
  switch (of) {
    case 'GET /detector':
      return { detectorIds: [detectorId] };
    case `POST /detector/${detectorId}/findings`:
      return { findingIds: ['00000000000000000000000000000001'] };
    case `POST /detector/${detectorId}/findings/get`:
      return { findings: [guardDutyExample()] };
    case 'POST /findings/list': {
      const { firstObservedAt: f, lastObservedAt: l, updatedAt: u, ...rest } = inspectorExample();
      const times = { firstObservedAt: seconds('2026-01-04T22:46:15Z'), lastObservedAt: seconds('2026-01-05T22:46:15Z') };
      return { findings: [{ ...rest, ...times, updatedAt: times.lastObservedAt }] };
    }
    case 'POST /findings/describe':
      return { findings: [macieExample()] };
    case 'POST /findings':
      // Macie lists ids here, Security Hub findings.
      if (body['findingCriteria'] !== undefined) return { findingIds: ['00000000000000000000000000000001'] };
      return findingsOfHub(body);
    case 'POST /findingsv2':
      return { Findings: [guardDutyInOcsf()] };
    case 'GET /analyzer':
      return {
        analyzers: [{ arn: analyzerArn, name: 'organization', type: 'ORGANIZATION', createdAt: '2026-01-01T00:00:00Z', status: 'ACTIVE' }],
      };
    case 'POST /finding':
      return { findings: [{ ...finding, isPublic, principal, action, condition }] as unknown as Json };
    case `GET /findingv2/${String(summary['id'])}`:
      return {
        ...finding,
        findingType: 'ExternalAccess',
        findingDetails: [{ externalAccessDetails: { isPublic, principal, action, condition } }],
      } as unknown as Json;
    default:
      return null;
  }
}

/** Those of the ids that are wanted; of a list one a page. */
function findingsOfHub(body: JsonObject): Json {
  const all = [guardDutyInHub(), hubControlExample(2)];
  const wanted = ((body['Filters'] as JsonObject)['Id'] ?? []) as unknown as readonly { readonly Value: string }[];
  if (wanted.length > 0) return { Findings: all.filter((one) => wanted.some(({ Value }) => Value === one['Id'])) };
  return body['NextToken'] === undefined ? { Findings: all.slice(0, 1), NextToken: 'more' } : { Findings: all.slice(1) };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', 'http://x');
  return {
    method: request.method ?? '',
    path: decodeURIComponent(url.pathname),
    target: String(request.headers['x-amz-target'] ?? ''),
    body: text.startsWith('{') ? (JSON.parse(text) as JsonObject) : { text },
  };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    void read(request).then((one) => {
      if (String(one.body['text'] ?? '').includes('GetCallerIdentity')) {
        response.setHeader('content-type', 'text/xml');
        response.end(
          `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/reader</Arn><UserId>AIDAEXAMPLE</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
        );
        return;
      }
      asked.push(one);
      const found = answer(one);
      response.statusCode = found === null ? 404 : 200;
      response.setHeader('content-type', one.target === '' ? 'application/json' : 'application/x-amz-json-1.1');
      response.end(JSON.stringify(found ?? { __type: 'ResourceNotFoundException', message: 'none' }));
    });
  });
  // An idle connection is kept: one that closes just as a call goes out would be a failure of the network.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  cloud = openAws({
    endpointUrl: `http://127.0.0.1:${port}`,
    regions: [region],
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' },
  });
});
afterAll(async () => {
  await cloud.close();
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
});

async function readAll(index: number, since: number): Promise<readonly ReadReport[]> {
  const reader = sourceReaders[index];
  if (reader === undefined) throw new Error('no reader');
  asked = [];
  const found: ReadReport[] = [];
  for await (const report of reader.read({ cloud, account, region, since })) found.push(report);
  return found;
}

const expected: readonly (readonly [FindingSource, readonly Partial<Report>[]])[] = [
  ['guardduty', [{ uid: guardDutyArn(1), ip: '198.51.100.7', actor: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } as never }]],
  ['security-hub', [{ uid: guardDutyArn(1), form: 'asff' }, { type: 'S3.2' }]],
  ['security-hub', [{ uid: guardDutyArn(1), form: 'ocsf' }]],
  ['inspector', [{ type: 'CVE-2025-00001', firstTime: Date.UTC(2026, 0, 4, 22, 46, 15) }]],
  ['macie', [{ type: 'Policy:IAMUser/S3BucketPublic' }]],
  ['access-analyzer', [{ type: 'PublicAccess:S3/Bucket', kept: { principals: ['*'] } }]],
  ['config', [{ type: 'restricted-ssh' }, { type: 'restricted-ssh' }]],
  ['health', [{ type: 'AWS_RISK_CREDENTIALS_EXPOSED', kept: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } }]],
  [
    'health',
    [
      { account: member, kept: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, ref: { account, region, names: expect.any(Object) } },
      { account: '555566667777', kept: { accessKeyId: 'AKIAI44QH8DHBEXAMPLE' }, ref: { account, region, names: expect.any(Object) } },
    ],
  ],
];

describe('findings are read over the wire', () => {
  test.each(expected.map(([source, wanted], i) => [`${source} ${i}`, i, source, wanted] as const))(
    'of %s, at first and since a time; each is asked for again by itself',
    async (_, i, source, wanted) => {
      expect(sourceReaders[i]?.source).toBe(source);
      for (const since of [0, Date.UTC(2026, 0, 5, 8)]) {
        const found = await readAll(i, since);
        expect(found).toMatchObject(wanted);
        for (const report of found as readonly Report[]) {
          const again = await askForFinding(cloud, report.source, report.form, report.ref);
          if (source !== 'config') expect(again).toEqual({ ...report, part: again?.part ?? report.part });
          expect(again?.uid.split('/').slice(0, -1)).toEqual(report.uid.split('/').slice(0, -1));
        }
      }
    },
  );

  test('only what changed since is asked for', async () => {
    await readAll(0, 1_767_600_000_000);
    const list = asked.find(({ path }) => path.endsWith('/findings'));
    expect(list?.body).toEqual({ findingCriteria: { criterion: { updatedAt: { greaterThanOrEqual: 1_767_600_000_000 } } } });
    await readAll(1, 1_767_600_000_000);
    expect(asked[0]?.body['Filters']).toEqual({ UpdatedAt: [{ Start: '2026-01-05T08:00:00.000Z', End: '2100-01-01T00:00:00Z' }] });
  });
});
