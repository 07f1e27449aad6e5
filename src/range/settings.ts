import type { JsonObject } from '../core/model/json.ts';
import { fault, isObject, lowerFirst, type Operation, type OperationContext, type OperationTable, optionalText } from './operation.ts';
import { eventOf, sourceOf } from './services/other.ts';

type Context = OperationContext;
/** One thing that has settings: a key, a function, an account's switch. As the service's own answers spell it. */
type Item = JsonObject;

/** Things of one kind, and how calls name them. */
export interface Kind {
  /** IAM's prefix: `kms`. */
  readonly service: string;
  /** Unique in the service; the state is kept by it. */
  readonly kind: string;
  /** The id in a call's input; null where the call names none. `named` reads one of several inputs. */
  readonly id: (context: Context) => string | null;
  /** What a policy is asked about. */
  readonly arn: (context: Context, id: string) => string;
  /** AWS's code when there is no such thing. */
  readonly missing: string;
  /** The same in every Region. */
  readonly global?: true;
  /** What there is before anybody has made it: settings of the account itself. */
  readonly initial?: (context: Context, id: string) => Item | null;
}

/** What one operation does to an item. A table of these is a service. */
export interface Verb {
  readonly reads: boolean;
  /** Does it work on an item that must be there? */
  readonly needs: boolean;
  readonly run: (items: Items, id: string | null, context: Context) => JsonObject;
  /** Where the permission is asked about something else than the item: `*`, or what the call names. */
  readonly on?: (context: Context) => readonly string[];
  /** What the record says that was answered; default: nothing of a read, of others the answer. */
  readonly response?: Operation['response'];
  readonly permission?: string;
}

/** The items of a kind in one place. */
interface Items {
  /** AWS's code when there is none of that id. */
  readonly missing: string;
  get(id: string): Item | null;
  all(): readonly Item[];
  set(id: string, item: Item): void;
  delete(id: string): void;
}

/**
 * Operations of a service whose things are documents that calls read and set: a table from the operation's name to what it
 * does. Authorisation, record and persistence are those of every operation. In campaigns, a call about something that was
 * never made leaves its record and nothing else, as calls of services that are not simulated do.
 */
export function settings(kind: Kind, verbs: { readonly [operation: string]: Verb }): OperationTable {
  return Object.fromEntries(
    Object.entries(verbs).map(([name, verb]): [string, Operation] => {
      const action = `${kind.service}:${name}`;
      return [
        action,
        {
          source: sourceOf(kind.service),
          event: eventOf(action),
          readOnly: verb.reads,
          ...(kind.global ? { global: true } : {}),
          ...(verb.permission === undefined ? {} : { permission: verb.permission }),
          on: verb.on ?? ((context) => onItem(kind, context)),
          isKnown: (context) => !verb.needs || itemsOf(kind, context).get(kind.id(context) ?? '') !== null,
          run: (context) => copy(verb.run(itemsOf(kind, context), kind.id(context), context)),
          response: verb.response ?? ((output) => (verb.reads || Object.keys(output).length === 0 ? null : recorded(output))),
        },
      ];
    }),
  );
}

/** Answers a part of the item; the whole item by default. */
export function gets(answer: (item: Item, context: Context) => JsonObject = (item) => item): Verb {
  return { reads: true, needs: true, run: (items, id, context) => answer(there(items, id, context), context) };
}

/** Answers all items, or those that fit. Lists are authorised for `*`. */
export function lists(answer: (items: readonly Item[], context: Context) => JsonObject): Verb {
  return { reads: true, needs: false, on: () => ['*'], run: (items, _, context) => answer(items.all(), context) };
}

/** Changes an item; by default the call's input goes over it. */
export function sets(
  change: (item: Item, context: Context) => Item = (item, { input }) => ({ ...item, ...input }),
  answer: (item: Item, context: Context) => JsonObject = () => ({}),
): Verb {
  return {
    reads: false,
    needs: true,
    run: (items, id, context) => {
      const changed = change(there(items, id, context), context);
      items.set(String(id), changed);
      return answer(changed, context);
    },
  };
}

/** Makes an item, or replaces it; what it is called is in the input, or `name` gives it a name. */
export function makes(
  make: (context: Context, id: string, before: Item | null) => Item = ({ input }) => input,
  answer: (item: Item, context: Context) => JsonObject = () => ({}),
  name: (context: Context) => string = () => '',
): Verb {
  return {
    reads: false,
    needs: false,
    run: (items, named, context) => {
      const id = named ?? name(context);
      const item = make(context, id, items.get(id));
      items.set(id, item);
      return answer(item, context);
    },
  };
}

export function removes(answer: (item: Item, context: Context) => JsonObject = () => ({})): Verb {
  return {
    reads: false,
    needs: true,
    run: (items, id, context) => {
      const item = there(items, id, context);
      items.delete(String(id));
      return answer(item, context);
    },
  };
}

/** The first of these inputs that is a text; of an ARN what stands behind the last slash or colon. */
export function named(...inputs: readonly string[]): (context: Context) => string | null {
  return (context) => {
    for (const input of inputs) {
      const text = optionalText(context, input);
      if (text !== null) return text.startsWith('arn:') ? text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf(':')) + 1) : text;
    }
    return null;
  };
}

/** `arn:aws:SERVICE:REGION:ACCOUNT:` and the resource. */
export function arnIn(service: string, resource: (id: string) => string): (context: Context, id: string) => string {
  return ({ region, account }, id) => `arn:aws:${service}:${region}:${account.id}:${resource(id)}`;
}

/** The part of an object that bears these names. */
export function pick(item: Item, ...names: readonly string[]): Item {
  return Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));
}

/** The object without these names. */
export function without(item: Item, ...names: readonly string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)));
}

function there(items: Items, id: string | null, context: Context): Item {
  const item = id === null ? null : items.get(id);
  if (item === null) throw fault(context, items.missing, `${id ?? 'What the call is about'} does not exist.`);
  return item;
}

function itemsOf(kind: Kind, context: Context): Items {
  const { account, region } = context;
  const place = `${kind.service}/${kind.kind}/${kind.global ? 'global' : region}`;
  const stored = account.settings?.[place] ?? {};
  return {
    missing: kind.missing,
    get: (id) => (Object.hasOwn(stored, id) ? (stored[id] ?? null) : id === '' ? null : (kind.initial?.(context, id) ?? null)),
    all: () => Object.values(stored),
    set: (id, item) => {
      account.settings ??= {};
      account.settings[place] = { ...account.settings[place], [id]: copy(item) };
    },
    delete: (id) => {
      if (account.settings?.[place] === undefined) return;
      account.settings[place] = Object.fromEntries(Object.entries(account.settings[place]).filter(([other]) => other !== id));
    },
  };
}

function onItem(kind: Kind, context: Context): readonly string[] {
  const id = kind.id(context);
  return id === null ? ['*'] : [kind.arn(context, id)];
}

function copy(value: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

/** Response elements have lower-case keys. */
function recorded(output: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(output).map(([key, value]) => [lowerFirst(key), isObject(value) ? recorded(value) : (value ?? null)]),
  );
}
