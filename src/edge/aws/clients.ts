import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { HttpRequest, Transport } from './http-request.ts';
import { callIdentityStore } from './identity-store.ts';
import type { Service } from './operations.ts';
import { callRolesAnywhere } from './roles-anywhere.ts';

/** Access keys as the SDK takes them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export interface ClientSettings {
  readonly profile?: string | undefined;
  readonly endpointUrl?: string | undefined;
  readonly transport?: Transport | undefined;
}

interface Sender {
  send(command: unknown): Promise<unknown>;
  readonly config: {
    region: () => Promise<string>;
    endpointProvider?: unknown;
    /** Its own signer, with its own credentials. */
    signer?: (scheme: object) => Promise<Presigner>;
    readonly requestHandler: Transport;
  };
  destroy(): void;
}

interface Presigner {
  sign(request: HttpRequest): Promise<HttpRequest>;
  presign(
    request: HttpRequest,
    options: { readonly expiresIn: number; readonly unhoistableHeaders: ReadonlySet<string> },
  ): Promise<Pick<HttpRequest, 'query'>>;
}

type Make<T> = new (argument: unknown) => T;

/** What is called without a package. */
const unpackaged = { identitystore: callIdentityStore, rolesanywhere: callRolesAnywhere };

type Packaged = Exclude<Service, keyof typeof unpackaged>;

/** The packages are large: each is loaded when it is first called. */
const load: { readonly [service in Packaged]: () => Promise<readonly [module: object, client: string]> } = {
  sts: async () => [await import('@aws-sdk/client-sts'), 'STSClient'],
  iam: async () => [await import('@aws-sdk/client-iam'), 'IAMClient'],
  s3: async () => [await import('@aws-sdk/client-s3'), 'S3Client'],
  s3control: async () => [await import('@aws-sdk/client-s3-control'), 'S3ControlClient'],
  ec2: async () => [await import('@aws-sdk/client-ec2'), 'EC2Client'],
  bedrock: async () => [await import('@aws-sdk/client-bedrock'), 'BedrockClient'],
  cloudwatch: async () => [await import('@aws-sdk/client-cloudwatch'), 'CloudWatchClient'],
  events: async () => [await import('@aws-sdk/client-eventbridge'), 'EventBridgeClient'],
  ses: async () => [await import('@aws-sdk/client-sesv2'), 'SESv2Client'],
  sso: async () => [await import('@aws-sdk/client-sso-admin'), 'SSOAdminClient'],
  cloudtrail: async () => [await import('@aws-sdk/client-cloudtrail'), 'CloudTrailClient'],
  organizations: async () => [await import('@aws-sdk/client-organizations'), 'OrganizationsClient'],
  sqs: async () => [await import('@aws-sdk/client-sqs'), 'SQSClient'],
  autoscaling: async () => [await import('@aws-sdk/client-auto-scaling'), 'AutoScalingClient'],
  backup: async () => [await import('@aws-sdk/client-backup'), 'BackupClient'],
  codebuild: async () => [await import('@aws-sdk/client-codebuild'), 'CodeBuildClient'],
  dynamodb: async () => [await import('@aws-sdk/client-dynamodb'), 'DynamoDBClient'],
  ecr: async () => [await import('@aws-sdk/client-ecr'), 'ECRClient'],
  ecs: async () => [await import('@aws-sdk/client-ecs'), 'ECSClient'],
  eks: async () => [await import('@aws-sdk/client-eks'), 'EKSClient'],
  kms: async () => [await import('@aws-sdk/client-kms'), 'KMSClient'],
  lambda: async () => [await import('@aws-sdk/client-lambda'), 'LambdaClient'],
  rds: async () => [await import('@aws-sdk/client-rds'), 'RDSClient'],
  redshift: async () => [await import('@aws-sdk/client-redshift'), 'RedshiftClient'],
  secretsmanager: async () => [await import('@aws-sdk/client-secrets-manager'), 'SecretsManagerClient'],
  securityhub: async () => [await import('@aws-sdk/client-securityhub'), 'SecurityHubClient'],
  sns: async () => [await import('@aws-sdk/client-sns'), 'SNSClient'],
  ssm: async () => [await import('@aws-sdk/client-ssm'), 'SSMClient'],
  wafv2: async () => [await import('@aws-sdk/client-wafv2'), 'WAFV2Client'],
  guardduty: async () => [await import('@aws-sdk/client-guardduty'), 'GuardDutyClient'],
  inspector2: async () => [await import('@aws-sdk/client-inspector2'), 'Inspector2Client'],
  macie2: async () => [await import('@aws-sdk/client-macie2'), 'Macie2Client'],
  'access-analyzer': async () => [await import('@aws-sdk/client-accessanalyzer'), 'AccessAnalyzerClient'],
  config: async () => [await import('@aws-sdk/client-config-service'), 'ConfigServiceClient'],
  account: async () => [await import('@aws-sdk/client-account'), 'AccountClient'],
  tag: async () => [await import('@aws-sdk/client-resource-groups-tagging-api'), 'ResourceGroupsTaggingAPIClient'],
  health: async () => [await import('@aws-sdk/client-health'), 'HealthClient'],
};

/** SDK clients, one per service, Region and credentials, over shared connections. */
export interface Clients {
  /** Sends one API operation. `credentials` absent: what the SDK finds (environment, profile, SSO, instance role); `key` names them. */
  send(
    to: { readonly service: Service; readonly region: string; readonly key: string; readonly credentials?: Credentials | undefined },
    command: string,
    input: unknown,
  ): Promise<unknown>;
  /**
   * A URL by which whoever has it learns from STS who signed it. STS of this Region, whatever the partition; with these headers, which the caller
   * must send; it names 60 seconds. Names of headers in small letters.
   */
  presignIdentity(
    by: { readonly region: string; readonly key: string; readonly credentials?: Credentials | undefined },
    headers: { readonly [name: string]: string },
  ): Promise<string>;
  /** The Region of the environment or profile, else `us-east-1`. */
  homeRegion(): Promise<string>;
  close(): void;
}

/** The signer of a client for a service and a Region. */
function signerOf({ signer }: Sender['config'], signingName: string, signingRegion: string): Promise<Presigner> {
  return (signer as NonNullable<typeof signer>)({ name: 'sigv4', signingName, signingRegion, properties: {} });
}

/** Where STS of a Region is, as the SDK knows it of every partition. */
function stsOf({ endpointProvider }: Sender['config'], Region: string): URL {
  const resolve = endpointProvider as (parameters: object) => { readonly url: URL };
  return new URL(resolve({ Region, UseFIPS: false, UseDualStack: false, UseGlobalEndpoint: false }).url);
}

const mostClients = 256;

export function openClients(settings: ClientSettings): Clients {
  const agents = {
    httpAgent: new Agent({ keepAlive: true, maxSockets: 64 }),
    httpsAgent: new TlsAgent({ keepAlive: true, maxSockets: 64 }),
  };
  const clients = new Map<string, Sender>();

  const open = (
    service: Service,
    module: object,
    name: string,
    region: string | undefined,
    credentials: Credentials | undefined,
  ): Sender => {
    const Client = (module as Record<string, Make<Sender>>)[name] as Make<Sender>;
    const client = new Client({
      ...(region === undefined ? {} : { region }),
      ...(settings.profile === undefined ? {} : { profile: settings.profile }),
      ...(credentials === undefined ? {} : { credentials }),
      ...(settings.endpointUrl === undefined ? {} : { endpoint: settings.endpointUrl }),
      ...(service === 's3' ? { forcePathStyle: settings.endpointUrl !== undefined, followRegionRedirects: true } : {}),
      // Attempts are ours, so that each of them takes a token of its bucket.
      maxAttempts: 1,
      userAgentAppId: 'jobzero',
      requestHandler: settings.transport ?? { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true, ...agents },
    });
    // The SDK puts the account before S3 Control's host, and ACCOUNT.localhost is nowhere.
    if (service === 's3control' && settings.endpointUrl !== undefined) {
      const url = new URL(settings.endpointUrl);
      client.config.endpointProvider = () => ({ url, properties: {}, headers: {} });
    }
    return client;
  };

  const clientOf = ([module, name]: readonly [object, string], { service, region, key, credentials }: Parameters<Clients['send']>[0]) => {
    const id = `${service}/${region}/${key}`;
    let client = clients.get(id);
    if (client === undefined) {
      client = open(service, module, name, region, credentials);
    } else {
      clients.delete(id);
    }
    // Re-inserted at each use, so the first is the one that was used the longest time ago.
    clients.set(id, client);
    const [oldest] = clients.keys();
    if (clients.size > mostClients && oldest !== undefined) clients.delete(oldest);
    return client;
  };

  return {
    async send(to, command, input) {
      const { service } = to;
      if (service === 'identitystore' || service === 'rolesanywhere') {
        // A client signs for the service that it signed for first, so that this one is for no other.
        const { config } = clientOf(await load.sts(), to);
        const endpoint = settings.endpointUrl === undefined ? stsOf(config, to.region) : new URL(settings.endpointUrl);
        endpoint.hostname = endpoint.hostname.replace(/^sts\./, `${service}.`);
        const signer = await signerOf(config, service, to.region);
        return unpackaged[service](command, input, { endpoint, sign: (request) => signer.sign(request), transport: config.requestHandler });
      }
      const loaded = await load[service]();
      const client = clientOf(loaded, to);
      const Command = (loaded[0] as Record<string, Make<unknown>>)[`${command}Command`] as Make<unknown>;
      return client.send(new Command(input));
    },
    async presignIdentity(by, headers) {
      const { config } = clientOf(await load.sts(), { ...by, service: 'sts' });
      const { hostname, host, port, protocol, pathname } =
        settings.endpointUrl === undefined ? stsOf(config, by.region) : new URL(settings.endpointUrl);
      const signer = await signerOf(config, 'sts', by.region);
      const request: HttpRequest = {
        method: 'GET',
        protocol,
        hostname,
        ...(port === '' ? {} : { port: Number(port) }),
        path: pathname,
        query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
        headers: { host, ...headers },
      };
      const { query = {} } = await signer.presign(request, { expiresIn: 60, unhoistableHeaders: new Set(Object.keys(headers)) });
      const pairs = Object.entries(query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
      return `${protocol}//${host}${pathname}?${pairs.join('&')}`;
    },
    async homeRegion() {
      const [module, name] = await load.sts();
      try {
        return await open('sts', module, name, undefined, undefined).config.region();
      } catch {
        return process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
      }
    },
    close() {
      clients.clear();
      agents.httpAgent.destroy();
      agents.httpsAgent.destroy();
    },
  };
}
