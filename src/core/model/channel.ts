import type { FindingKind } from './finding.ts';
import type { Severity } from './severity.ts';

/** Where a secret lies: never the secret. `at` is the name of an environment variable, or a path. */
export interface SecretRef {
  readonly from: 'env' | 'file';
  readonly at: string;
}

/** Whom another channel reaches, as a notification names them. */
export interface Address {
  readonly channel: string;
  readonly to: string;
}

interface Common {
  readonly name: string;
  /** Whom it reaches where a notification names nobody. */
  readonly to: string;
  /** Who is told when it fails. */
  readonly fallback: readonly Address[];
}

export interface SlackSettings extends Common {
  readonly kind: 'slack';
  readonly url: string;
  /** A bot token. */
  readonly token: SecretRef;
  /** The signing secret; null where no buttons are wanted. */
  readonly signing: SecretRef | null;
}

export interface PagerDutySettings extends Common {
  readonly kind: 'pagerduty';
  readonly url: string;
  readonly routingKey: SecretRef;
  /** The secret of a webhook subscription; null where acknowledgements do not come back. */
  readonly signing: SecretRef | null;
}

export interface OpsgenieSettings extends Common {
  readonly kind: 'opsgenie';
  readonly url: string;
  readonly apiKey: SecretRef;
}

export interface WebhookSettings extends Common {
  readonly kind: 'webhook';
  readonly url: string | SecretRef;
  readonly secret: SecretRef;
  /** What answers are signed with; null where none are taken. */
  readonly signing: SecretRef | null;
}

export interface SmtpSettings extends Common {
  readonly kind: 'smtp';
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly from: string;
  readonly user: string | null;
  readonly password: SecretRef | null;
}

export interface TeamsSettings extends Common {
  readonly kind: 'teams';
  /** The address is the secret. */
  readonly url: SecretRef;
}

export interface JiraSettings extends Common {
  readonly kind: 'jira';
  readonly url: string;
  readonly user: string;
  readonly token: SecretRef;
  readonly project: string;
  readonly type: string;
  readonly labels: readonly string[];
  /** Of tickets about findings. */
  readonly components: readonly string[];
  readonly priorities: { readonly [S in Severity]: string };
  /** The transition or the status by which such a ticket ends; null: a comment says that it is over, and people end it. */
  readonly done: string | null;
  /** Which findings become tickets; null: none. */
  readonly tickets: TicketSettings | null;
}

/** A finding's kind; of detections those by rules of insecure behaviour, without an attacker, apart. */
export type TicketKind = FindingKind | 'behaviour';

export interface TicketSettings {
  readonly from: Severity;
  readonly kinds: readonly TicketKind[];
  /** Parts of the business, by their names in the tolerance; null: all. */
  readonly units: readonly string[] | null;
  /** A finding must have been open for so long, in milliseconds: what automation or somebody mends at once is no ticket. */
  readonly afterMs: number;
  /** New tickets a day, in UTC; the rest is held back. */
  readonly perDay: number;
}

export interface SecurityHubSettings extends Common {
  readonly kind: 'security-hub';
  /** Findings from this severity on are imported; null: only what is sent there by name. */
  readonly findings: Severity | null;
}

export interface OcsfSinkSettings extends Common {
  readonly kind: 'ocsf-sink';
  readonly url: string | SecretRef;
  readonly format: 'ocsf' | 'asff';
  /** Sent as a bearer token. */
  readonly token: SecretRef | null;
  /** Signs each request as a webhook's. */
  readonly secret: SecretRef | null;
  readonly findings: Severity | null;
}

export type ChannelSettings =
  | SlackSettings
  | PagerDutySettings
  | OpsgenieSettings
  | WebhookSettings
  | SmtpSettings
  | TeamsSettings
  | JiraSettings
  | SecurityHubSettings
  | OcsfSinkSettings;

export interface HeartbeatSettings {
  readonly url: string | SecretRef;
  readonly method: 'GET' | 'POST';
  readonly everyMs: number;
  readonly fallback: readonly Address[];
}

/** What `channels.yml` says. */
export interface Channels {
  /** Where people reach the console from outside: `https://jobzero.example.com`, without a slash at its end. */
  readonly console: string | null;
  readonly channels: readonly ChannelSettings[];
  /** Person -> channel's name -> who that person is there. */
  readonly people: { readonly [person: string]: { readonly [channel: string]: string } };
  readonly heartbeat: HeartbeatSettings | null;
}
