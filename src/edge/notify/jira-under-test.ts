import { z } from 'zod';
import type { Behaviour, ReceivedRequest, ToldAnswer } from './receiver-under-test.ts';

/** The Atlassian Document Format as far as jobzero writes it: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ */
const text = z.strictObject({
  type: z.literal('text'),
  text: z.string().min(1),
  marks: z.tuple([z.strictObject({ type: z.literal('link'), attrs: z.strictObject({ href: z.url() }) })]).optional(),
});
const document = z.strictObject({
  type: z.literal('doc'),
  version: z.literal(1),
  content: z.array(z.strictObject({ type: z.literal('paragraph'), content: z.array(text).min(1) })),
});
const named = z.strictObject({ name: z.string().min(1) });
const create = z.strictObject({
  fields: z.strictObject({
    project: z.strictObject({ key: z.string() }),
    issuetype: named,
    summary: z.string().min(1).max(255),
    labels: z.array(z.string().regex(/^\S{1,255}$/)),
    description: document,
    priority: z.strictObject({ name: z.enum(['Highest', 'High', 'Medium', 'Low', 'Lowest']) }).optional(),
    assignee: z.strictObject({ id: z.string() }).optional(),
    components: z.array(named).optional(),
  }),
});

export interface IssueUnderTest {
  readonly key: string;
  readonly fields: z.infer<typeof create>['fields'];
  readonly comments: string[];
  status: 'To Do' | 'Done';
}

export interface JiraUnderTest {
  readonly behave: Behaviour;
  readonly issues: IssueUnderTest[];
  /** Fields that the project has not on its screen, or does not take as they are. */
  readonly refuses: Set<string>;
  /** The workflow has a way from To Do to Done. */
  canEnd: boolean;
  /** Answers these requests otherwise from now on: `'lost'` does what is asked, and breaks the connection instead of answering. */
  disturb(how: (request: ReceivedRequest) => ToldAnswer | 'cut' | 'hang' | 'lost' | null): void;
}

/** A Jira that keeps its issues, and refuses what is not in the form of its REST API v3. */
export function jiraUnderTest(): JiraUnderTest {
  let disturb: Parameters<JiraUnderTest['disturb']>[0] = () => null;
  const jira: JiraUnderTest = {
    issues: [],
    refuses: new Set(),
    canEnd: true,
    disturb(how) {
      disturb = how;
    },
    behave(request) {
      const disturbed = disturb(request);
      if (disturbed !== null && disturbed !== 'lost') return disturbed;
      const answer = answerOf(jira, request);
      return disturbed === 'lost' ? 'cut' : answer;
    },
  };
  return jira;
}

const refused = (errors: { readonly [field: string]: string }): ToldAnswer => ({ status: 400, body: { errorMessages: [], errors } });
const misshapen = ({ message }: z.ZodError): ToldAnswer => ({ status: 400, body: { errorMessages: [message], errors: {} } });
const linesOf = ({ content }: z.infer<typeof document>) => content.map((one) => one.content.map((node) => node.text).join('')).join('\n');

function answerOf(jira: JiraUnderTest, { method, path, headers, body }: ReceivedRequest): ToldAnswer {
  if (headers.authorization?.startsWith('Basic ') !== true) return { status: 401 };
  const [url = '', query = ''] = path.split('?');
  const said: unknown = body === '' ? null : JSON.parse(body);
  if (method === 'POST' && url === '/rest/api/3/search/jql') {
    const label = /^labels = "([^"]+)"$/.exec((said as { jql: string }).jql)?.[1];
    return {
      status: 200,
      body: { issues: jira.issues.filter(({ fields }) => fields.labels.includes(label ?? '')).map(({ key }) => ({ key })), isLast: true },
    };
  }
  if (method === 'POST' && url === '/rest/api/3/issue') {
    const read = create.safeParse(said);
    if (!read.success) return misshapen(read.error);
    const unfit = Object.keys(read.data.fields).filter((field) => jira.refuses.has(field));
    if (unfit.length > 0) return refused(Object.fromEntries(unfit.map((field) => [field, `Field '${field}' cannot be set.`])));
    const issue: IssueUnderTest = { key: `SEC-${jira.issues.length + 1}`, fields: read.data.fields, comments: [], status: 'To Do' };
    jira.issues.push(issue);
    return { status: 201, body: { id: '1', key: issue.key } };
  }
  const [, key, part] = /^\/rest\/api\/3\/issue\/([^/]+)(?:\/(\w+))?$/.exec(url) ?? [];
  const issue = jira.issues.find((one) => one.key === key);
  if (issue === undefined)
    return { status: 404, body: { errorMessages: ['Issue does not exist or you do not have permission to see it.'] } };
  if (method === 'GET' && part === undefined && query === 'fields=status')
    return {
      status: 200,
      body: { key, fields: { status: { name: issue.status, statusCategory: { key: issue.status === 'Done' ? 'done' : 'new' } } } },
    };
  if (method === 'GET' && part === 'comment') {
    const comments = issue.comments
      .toReversed()
      .map((one) => ({ body: { content: one.split('\n').map((line) => ({ content: [{ type: 'text', text: line }] })) } }));
    return { status: 200, body: { total: comments.length, comments } };
  }
  if (method === 'POST' && part === 'comment') {
    const read = z.strictObject({ body: document }).safeParse(said);
    if (!read.success) return misshapen(read.error);
    issue.comments.push(linesOf(read.data.body));
    return { status: 201, body: { id: '10000' } };
  }
  const ways = issue.status === 'To Do' && jira.canEnd ? [{ id: '31', name: 'Finish', to: { name: 'Done' } }] : [];
  if (method === 'GET' && part === 'transitions') return { status: 200, body: { transitions: ways } };
  if (method === 'POST' && part === 'transitions') {
    const read = z.strictObject({ transition: z.strictObject({ id: z.string() }) }).safeParse(said);
    if (!read.success) return misshapen(read.error);
    if (!ways.some(({ id }) => id === read.data.transition.id)) return refused({ transition: 'It is not valid from here.' });
    issue.status = 'Done';
    return { status: 204 };
  }
  return { status: 405 };
}

/** An issue's description as lines. */
export const descriptionOf = ({ fields }: IssueUnderTest): string => linesOf(fields.description);
