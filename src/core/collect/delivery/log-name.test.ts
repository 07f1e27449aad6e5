import { expect, test } from 'vitest';
import { isDigestName, isLogName } from './log-name.ts';

test.each([
  ['AWSLogs/111122223333/CloudTrail/eu-west-1/2026/01/05/111122223333_CloudTrail_eu-west-1_20260105T0900Z_abc.json.gz', true],
  [
    'AWSLogs/111122223333/elasticloadbalancing/eu-west-1/2026/01/05/111122223333_elasticloadbalancing_eu-west-1_app.web.50dc_20260105T0900Z_192.0.2.1_x.log.gz',
    true,
  ],
  ['cloudfront/EDFDVBD6EXAMPLE.2026-01-05-09.a1b2c3d4.gz', true],
  ['s3-access/2026-01-05-09-00-00-0123456789ABCDEF', true],
  ['eks/2026/01/05/09/logs-1-2026-01-05-09-00-00-1b4e28ba-2fa1-11d2-883f-0016d3cca427', true],
  ['exportedlogs/1b4e28ba-2fa1-11d2-883f-0016d3cca427/shop-db/000000.gz', true],
  ['AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260105T090000Z.json.gz', false],
  ['AWSLogs/111122223333/Config/eu-west-1/111122223333_Config_eu-west-1_ConfigHistory_x.json.gz', false],
  ['images/2026-01-05.png', false],
  ['backups/1b4e28ba-2fa1-11d2-883f-0016d3cca427', false],
  ['.x.json', false],
  ['x.json.tmp', false],
])('%s: %s', (path, is) => {
  expect(isLogName(path)).toBe(is);
  expect(isDigestName(path)).toBe(path.includes('Digest'));
});
