import { expect, test } from 'vitest';
import { loadRules } from './sigma/parse-rules.ts';
import { viewedTexts } from './views.ts';

const session = {
  arn: 'arn:aws:sts::111122223333:assumed-role/app/i-1',
  sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/app' } },
};

test.each([
  ['sourceIPAddress|network', { sourceIPAddress: '198.51.100.7' }, ['198.51.0.0/16']],
  ['sourceIPAddress|network', { sourceIPAddress: '2001:db8:1:2::3' }, ['2001:db8::/32']],
  ['sourceIPAddress|network', { sourceIPAddress: 'ec2.amazonaws.com' }, ['ec2.amazonaws.com']],
  ['sourceIPAddress|network', { sourceIPAddress: '075.050.255.67' }, ['075.050.255.67']],
  ['userAgent|agent', { userAgent: 'aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux lang/python#3.11.8' }, ['aws-cli']],
  ['userAgent|agent', { userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io)' }, ['APN HashiCorp Terraform']],
  ['userAgent|agent', { userAgent: 'Boto3/1.34.1 md/Botocore#1.34.1' }, ['Boto3']],
  ['userAgent|agent', { userAgent: '[S3Console/0.4, aws-internal/3]' }, ['S3Console aws-internal']],
  ['userAgent|agent', { userAgent: '' }, ['']],
  ['userIdentity|principal', { userIdentity: session }, ['arn:aws:iam::111122223333:role/app']],
  ['userIdentity|principal', { userIdentity: { arn: 'arn:aws:iam::111122223333:user/alice' } }, ['arn:aws:iam::111122223333:user/alice']],
  ['userIdentity|principal', { userIdentity: { invokedBy: 'ec2.amazonaws.com' } }, []],
  [
    'userIdentity|person',
    {
      userIdentity: {
        arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@example.com',
        sessionContext: {
          sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef' },
        },
      },
    },
    ['person/alice@example.com'],
  ],
  ['userIdentity|person', { userIdentity: session }, ['arn:aws:iam::111122223333:role/app']],
  ['userIdentity|person', { userIdentity: { invokedBy: 'ec2.amazonaws.com' } }, []],
  ['userIdentity.userName|owner', { userIdentity: { userName: 'repo:example/shop:ref:refs/heads/main' } }, ['repo:example']],
  ['userIdentity.userName|owner', { userIdentity: { userName: 'alice' } }, ['alice']],
  ['role|peers', { role: 'AWSReservedSSO_Billing_0123456789abcdef' }, ['AWSReservedSSO_Billing']],
  ['role|peers', { role: 'orders-ApiRole-1A2B3C4D5E6F' }, ['orders-ApiRole']],
  ['role|peers', { role: 'deploy-PRODUCTION' }, ['deploy-PRODUCTION']],
  ['role|peers', { role: 'web-server' }, ['web-server']],
  ['role|peers', {}, []],
  ['eventName|call', { eventSource: 'iam.amazonaws.com', eventName: 'CreateUser' }, ['iam:CreateUser']],
  ['eventTime|hours', { eventTime: '2026-01-05T09:00:00Z' }, ['06-12']],
  ['eventTime|hours', { eventTime: '2026-01-05T23:59:59Z' }, ['18-24']],
  ['eventTime|hours', { eventTime: 'soon' }, []],
  ['eventName', { eventName: 'CreateUser' }, ['CreateUser']],
])('%s of %o', (field, record, expected) => {
  expect(viewedTexts(record, field)).toEqual(expected);
});

test('a view that does not exist is refused with its line', () => {
  const correlation = `title: C\ncorrelation:\n  type: first_seen\n  rules: [r]\n  group-by: [userIdentity|soul]\n  timespan: 1d\n  condition: { field: x }\n`;
  const rule = 'title: R\nname: r\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { a: b }, condition: s }\n';
  const { faults } = loadRules([{ file: 'a.yml', text: `${correlation}---\n${rule}` }]);
  expect(faults[0]).toMatchObject({ file: 'a.yml', reason: expect.stringContaining('userIdentity|soul') });
});
