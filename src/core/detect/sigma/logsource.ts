import { type Logsource, type Source, type SourceKind, sourceKinds, sources } from '../../model/source.ts';

/** What a rule's logsource asks. */
export interface Asked {
  readonly sources: readonly Source[];
  /** A category's names of fields -> the record's own. */
  readonly fields: ReadonlyMap<string, string>;
}

type Named = { readonly [key in 'product' | 'service' | 'category']: string | null };

/**
 * The logs that a rule asks: those one of whose logsources has each key that the rule names, with that value. `product:
 * aws` alone is CloudTrail, as in the published rules. A text says why there is none.
 */
export function askedBy(named: Named): Asked | string {
  const { product, service, category } = named;
  if (product === 'aws' && service === null && category === null) return { sources: ['aws.cloudtrail'], fields: new Map() };
  const fitting = sources.flatMap((source) => {
    const found = logsourcesOf(source).filter((logsource) => fits(logsource, named));
    return found.length === 0 ? [] : [{ source, fields: found.flatMap((one) => Object.entries(one.fields ?? {})) }];
  });
  if ((product ?? service ?? category) === null || fitting.length === 0) {
    return `no source here is "${textOf(named)}": the known ones are ${known().join(', ')}`;
  }
  return {
    sources: fitting.map(({ source }) => source),
    // A record's parser gives all sources of one category the same names.
    fields: new Map(fitting.flatMap(({ fields }) => fields)),
  };
}

function logsourcesOf(source: Source): readonly Logsource[] {
  return (sourceKinds[source] as SourceKind).logsources;
}

function fits(logsource: Logsource, named: Named): boolean {
  return (['product', 'service', 'category'] as const).every((key) => named[key] === null || named[key] === logsource[key]);
}

function known(): readonly string[] {
  return [...new Set(sources.flatMap(logsourcesOf).map((one) => textOf({ product: null, service: null, category: null, ...one })))];
}

function textOf({ product, service, category }: Named): string {
  return [product, service, category].flatMap((part) => part ?? []).join('/');
}
