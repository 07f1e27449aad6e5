import { z } from 'zod';

/** What accounts are for; `neglected` is a sandbox that nobody looks after. */
export const accountKinds = [
  'management',
  'security',
  'shared',
  'production',
  'staging',
  'development',
  'data',
  'sandbox',
  'neglected',
] as const;

export const campaignName = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'small letters, digits and hyphens');
/** At most 30 days. */
export const campaignSeconds = z.number().min(0).max(2_592_000);

/** A kind of account; `production-2` is another account of that kind where there is one. */
export const accountPart = z
  .string()
  .regex(
    new RegExp(`^(${accountKinds.join('|')}|any)(-[2-9])?$|^\\d{12}$`),
    `one of ${accountKinds.join(', ')}, any, with -2 to -9 for another of its kind`,
  )
  .default('production');

/** ATT&CK techniques, of a step of the attack: the ground truth. */
export const campaignTechniques = z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/)).default([]);

const range = z.tuple([z.number().int().min(0), z.number().int().min(0)]).refine(([least, most]) => least <= most, 'least, then most');
/** One text, or several of which the next one is taken each time. */
const texts = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const label = z
  .strictObject({ letters: z.string().min(1).max(64), length: range })
  .default({ letters: 'abcdefghijklmnopqrstuvwxyz', length: [8, 16] });

const common = {
  id: campaignName,
  account: accountPart,
  /** Seconds after the traffic before it has ended. */
  wait: campaignSeconds.default(0),
  times: z.number().int().min(1).max(1_000_000).default(1),
  every: campaignSeconds.default(0),
  attacker: z.boolean().default(false),
  techniques: campaignTechniques,
};

/** What an instance sends and gets; the instance is named by its Name tag. */
const ofHost = { ...common, host: z.string().min(1) };

/** An address, a block of IPv4 addresses, or a reference: what looks like a block and is none would be written as an address. */
const peer = z
  .string()
  .min(1)
  .refine(
    (text) => text.includes('${') || !text.includes('/') || /^\d{1,3}(?:\.\d{1,3}){3}\/(?:[0-9]|[12]\d|3[0-2])$/.test(text),
    'an address, or a block of IPv4 addresses like 192.0.2.0/24',
  );

/** Who asks: an address or a block of addresses, of which the next one is taken when one has asked `perPeer` times. */
const fromPeer = {
  peer,
  perPeer: z.number().int().min(1).default(1),
};

/** Connections of an instance: lines of VPC flow logs. */
const Flow = z.strictObject({
  ...ofHost,
  direction: z.enum(['in', 'out']),
  /** The other side: an address, a block of addresses of which the next one is taken each time, or a reference to a list. */
  peer,
  /** Ports of the side that is called: one after the other. */
  ports: z
    .array(z.number().int().min(0).max(65_535))
    .min(1)
    .or(z.strictObject({ from: z.number().int().min(0), to: z.number().int().max(65_535) })),
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
  /** Default: what the security groups say at that time. */
  action: z.enum(['ACCEPT', 'REJECT']).optional(),
  packets: range.default([1, 3]),
  bytes: range.default([40, 180]),
});

/** Queries of an instance to the resolver of its network. */
const Query = z.strictObject({
  ...ofHost,
  /** `%LABEL%` is replaced by random text each time. */
  query: z.string().min(1).max(253),
  label,
  type: z.enum(['A', 'AAAA', 'TXT', 'MX', 'CNAME', 'NS', 'PTR', 'NULL', 'ANY']).default('A'),
  code: z.enum(['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED']).default('NOERROR'),
  /** Answered data; none unless given. */
  answer: z.string().optional(),
});

/** What a web ACL said of a request: the rule that matched, and whether it was blocked or only counted. */
const Verdict = z.strictObject({
  action: z.enum(['BLOCK', 'COUNT']),
  /** `rate` is the limit of requests of one address, `reputation` the list of addresses of ill repute. */
  rule: z.enum(['sql', 'script', 'files', 'bad-inputs', 'agent', 'reputation', 'rate']),
});

/** Requests to a web application of an account. */
const Request = z
  .strictObject({
    ...common,
    ...fromPeer,
    /**
     * Where it arrives: `shop` at the load balancer of the shop, `www` at CloudFront, which asks that load balancer; `api` at API
     * Gateway; `legacy` at the Classic Load Balancer of an application that nobody dares to move.
     */
    to: z.enum(['shop', 'www', 'api', 'legacy']).default('shop'),
    /** Path and query, as the client sends them. `%LABEL%` is replaced by random text each time. */
    request: texts,
    label,
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'CONNECT']).default('GET'),
    /** One code, or several of which the next one is answered each time. */
    status: z.union([z.number().int().min(100).max(599), z.array(z.number().int().min(100).max(599)).min(1)]).default(200),
    /** Default: a browser. */
    userAgent: texts.optional(),
    /** Of the answer. */
    bytes: range.default([400, 9000]),
    /** Of the web ACL before `www` and `api`; what is blocked is answered with 403 and goes no further. Default: it matches nothing. */
    waf: Verdict.optional(),
    /** Name of the partner whose key the request to `api` has. */
    apiKey: z.string().min(1).optional(),
    /** The header X-Forwarded-For that the client sends itself to `www`; one text or several. */
    forwardedFor: texts.optional(),
  })
  .superRefine(({ to, waf, apiKey, forwardedFor }, context) => {
    const only = (field: string, where: readonly string[], value: unknown) => {
      if (value === undefined || where.includes(to)) return;
      context.addIssue({ code: 'custom', path: [field], message: `only requests to ${where.join(' or ')} have it` });
    };
    only('waf', ['www', 'api'], waf);
    only('apiKey', ['api'], apiKey);
    only('forwardedFor', ['www'], forwardedFor);
  });

/** Connections to the TLS listener of a Network Load Balancer; they are logged when they end. */
const Connection = z.strictObject({
  ...common,
  ...fromPeer,
  /** `failed`: the handshake did not come to its end, and nobody behind the load balancer heard of it. */
  connection: z.enum(['served', 'failed']),
  tls: z.enum(['tlsv13', 'tlsv12', 'tlsv11', 'tlsv1']).default('tlsv13'),
  /** Milliseconds from beginning to end. */
  lasts: range.default([400, 9000]),
  /** Bytes from the client and to it. */
  received: range.default([300, 4000]),
  sent: range.default([300, 9000]),
  /** Number of the alert that the client sent, as TLS numbers them. */
  alert: z.number().int().min(0).max(255).optional(),
});

/** With whom the API server of a cluster deals. */
export const ClusterCaller = z.union([
  z.strictObject({ anonymous: z.literal(true) }),
  /** `namespace:name` */
  z.strictObject({ serviceAccount: z.string().regex(/^[a-z0-9-]+:[a-z0-9-]+$/, 'namespace:name') }),
  z.strictObject({ person: campaignName, set: z.string().min(1).default('AdministratorAccess') }),
  z.strictObject({ role: z.string().min(1), session: z.string().min(1) }),
  /** The kubelet of the node of this number. */
  z.strictObject({ node: z.number().int().min(0).max(99) }),
]);

/** Requests to the API server of an account's cluster: events of its audit log. */
const Kubernetes = z.strictObject({
  ...common,
  ...fromPeer,
  /** The verb. */
  kubernetes: z.enum(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']),
  /** `pods`, `pods/exec`; left out for a request for no resource. */
  resource: z.string().optional(),
  /** API group and version of the resource. */
  group: z.string().default(''),
  version: z.string().default('v1'),
  namespace: z.string().optional(),
  /** `%LABEL%` is replaced by random text each time. */
  name: texts.optional(),
  label,
  /** Of a request for no resource. */
  path: z.string().startsWith('/').optional(),
  /** What follows the path behind the question mark. */
  parameters: z.string().optional(),
  /** The object that is sent. */
  body: z.record(z.string(), z.json()).optional(),
  as: ClusterCaller,
  userAgent: z.string().optional(),
  /** Default: 201 for `create`, else 200. */
  code: z.number().int().min(100).max(599).optional(),
});

/** Requests to a bucket: lines of its server access log. */
const ObjectRequest = z.strictObject({
  ...common,
  ...fromPeer,
  /** As the log names it: `REST.GET.OBJECT`. */
  object: z.string().regex(/^(REST|WEBSITE|BATCH|S3)\.[A-Z]+\.[A-Z_]+$/, 'REST.GET.OBJECT'),
  bucket: z.string().min(3),
  /** `%LABEL%` is replaced by random text each time. */
  key: texts.optional(),
  label,
  /** What follows the path behind the question mark. */
  parameters: z.string().optional(),
  as: z
    .union([z.strictObject({ anonymous: z.literal(true) }), z.strictObject({ role: z.string().min(1), session: z.string().min(1) })])
    .default({ anonymous: true }),
  userAgent: z.string().optional(),
  status: z.number().int().min(100).max(599).default(200),
  error: z.string().optional(),
  bytes: range.default([2000, 90_000]),
});

/** What happens at an account's database: lines of its engine's log. */
const Database = z.strictObject({
  ...common,
  ...fromPeer,
  database: z.enum(['login', 'wrong-password', 'no-such-user', 'statement', 'error']),
  user: texts,
  /** Of a statement; of an error, its message. */
  text: texts.optional(),
  label,
});

/** What users of an account's application do: events of its user pool. */
const SignIn = z.strictObject({
  ...common,
  ...fromPeer,
  signIn: z.enum(['SignIn', 'SignUp', 'ForgotPassword', 'PasswordChange', 'ResendCode']),
  user: texts,
  label,
  outcome: z.enum(['Pass', 'Fail', 'InProgress']).default('Pass'),
  risk: z.enum(['NoRisk', 'AccountTakeover', 'Block']).default('NoRisk'),
  /** Was the password one of a list of leaked ones? */
  leaked: z.boolean().default(false),
  country: z.string().optional(),
  city: z.string().optional(),
});

/** What happens in logs that are not CloudTrail's. */
export const Traffic = z.union([Flow, Query, Request, Connection, Kubernetes, ObjectRequest, Database, SignIn]);

export type CampaignTraffic = z.infer<typeof Traffic>;
export type NetworkTraffic = z.infer<typeof Flow> | z.infer<typeof Query>;
export type RequestTraffic = z.infer<typeof Request>;
export type RequestVerdict = z.infer<typeof Verdict>;
export type ConnectionTraffic = z.infer<typeof Connection>;
export type ClusterTraffic = z.infer<typeof Kubernetes>;
export type ObjectTraffic = z.infer<typeof ObjectRequest>;
export type DatabaseTraffic = z.infer<typeof Database>;

/** Is it of an instance, in logs of the network? */
export function isOfNetwork(entry: CampaignTraffic): entry is NetworkTraffic {
  return 'direction' in entry || 'query' in entry;
}
