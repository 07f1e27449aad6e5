import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * HMAC-SHA256 of `id.timestamp.body` as the Standard Webhooks specification has it: `v1,` and base64. A secret that begins
 * with `whsec_` is base64, another is taken as it is. `timestamp` is in whole seconds since 1970.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookSignature(secret: string, id: string, timestamp: number, body: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret, 'utf8');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64')}`;
}

/** `v0=` and the hexadecimal HMAC-SHA256 of `v0:timestamp:body`: https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function slackSignature(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`, 'utf8').digest('hex')}`;
}

/** `v1=` and the hexadecimal HMAC-SHA256 of the body: https://developer.pagerduty.com/docs/verifying-webhook-signatures */
export function pagerDutySignature(secret: string, body: string): string {
  return `v1=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`;
}

/** Compares in a time that does not depend on where they differ. */
export function sameSignature(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHmac('sha256', 'compare').update(text, 'utf8').digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}
