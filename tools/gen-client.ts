import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openApiDocument } from '../src/http/open-api-document.ts';

/**
 * Writes docs/reference/openapi.json and the console's client from it; `--check` only says whether they are fresh.
 * The client is types and one function per operation, so a change of the API that the console misses does not compile.
 */

type Node = { readonly [key: string]: unknown };

const root = join(import.meta.dirname, '..');
const document = JSON.parse(JSON.stringify(openApiDocument())) as Node;
const outputs: readonly (readonly [path: string, text: string])[] = [
  ['docs/reference/openapi.json', `${JSON.stringify(document, null, 2)}\n`],
  ['web/src/api/generated/client.ts', clientOf(document)],
];

let stale = false;
for (const [path, text] of outputs) {
  const file = join(root, path);
  if (read(file) === text) continue;
  if (process.argv.includes('--check')) {
    stale = true;
    console.error(`${path} is not fresh: run npm run gen`);
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.error(`wrote ${path}`);
  }
}
process.exitCode = stale ? 1 : 0;

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function clientOf(api: Node): string {
  const schemas = Object.entries(node(node(api['components'])['schemas']));
  const types = schemas.map(([name, schema]) => `/** @public */\nexport type ${name} = ${typeOf(node(schema))};`);
  const operations: string[] = [];
  for (const [path, methods] of Object.entries(node(api['paths']))) {
    for (const [method, operation] of Object.entries(node(methods))) operations.push(operationOf(path, method, node(operation)));
  }
  return `// Generated from docs/reference/openapi.json by tools/gen-client.ts. Do not edit.
import { request } from '../request.ts';

${types.join('\n\n')}

${operations.join('\n\n')}
`;
}

function operationOf(path: string, method: string, operation: Node): string {
  const name = String(operation['operationId']);
  const parameters = list(operation['parameters']);
  const inPath = parameters.filter((parameter) => parameter['in'] === 'path').map((parameter) => String(parameter['name']));
  const inQuery = parameters.filter((parameter) => parameter['in'] === 'query');
  const body = schemaOf(operation['requestBody']);
  const answer = schemaOf(node(operation['responses'])['200']);
  const args = [
    ...inPath.map((parameter) => `${parameter}: string`),
    ...(inQuery.length === 0
      ? []
      : [`query: { ${inQuery.map((q) => `readonly ${String(q['name'])}?: ${typeOf(node(q['schema']))} | undefined`).join('; ')} } = {}`]),
    ...(body === null ? [] : [`body: ${typeOf(body, true)}`]),
  ];
  const address = `\`${path.replaceAll(/\{(\w+)\}/g, (_, part: string) => `\${encodeURIComponent(${part})}`)}\``;
  const settings = [...(inQuery.length === 0 ? [] : ['query']), ...(body === null ? [] : ['body'])];
  return `/**\n * ${String(operation['summary'])}\n * @public\n */
export function ${name}(${args.join(', ')}): Promise<${answer === null ? 'unknown' : typeOf(answer)}> {
  return request('${method.toUpperCase()}', ${address}, { ${settings.join(', ')} });
}`;
}

function schemaOf(holder: unknown): Node | null {
  const content = node(node(holder)['content']);
  return 'application/json' in content ? node(node(content['application/json'])['schema']) : null;
}

/** A schema as a TypeScript type. `input`: properties with a default may be left out. */
function typeOf(schema: Node, input = false): string {
  const ref = schema['$ref'];
  if (typeof ref === 'string') return ref.slice(ref.lastIndexOf('/') + 1);
  if ('const' in schema) return JSON.stringify(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' | ');
  const union = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(union)) return union.map((member) => typeOf(node(member), input)).join(' | ');
  const type = schema['type'];
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one }, input)).join(' | ');
  if (type === 'string' || type === 'boolean' || type === 'null') return type;
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'array') return `readonly (${typeOf(node(schema['items']), input)})[]`;
  if (type === 'object') return objectType(schema, input);
  return 'unknown';
}

function objectType(schema: Node, input: boolean): string {
  const properties = Object.entries(node(schema['properties']));
  if (properties.length === 0) return '{ readonly [key: string]: unknown }';
  const required = new Set(list<string>(schema['required']));
  const members = properties.map(([name, value]) => {
    const optional = !required.has(name) || (input && 'default' in node(value));
    return `readonly ${name}${optional ? '?' : ''}: ${typeOf(node(value), input)}${optional ? ' | undefined' : ''}`;
  });
  return `{ ${members.join('; ')} }`;
}

function node(value: unknown): Node {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Node) : {};
}

function list<T = Node>(value: unknown): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [];
}
