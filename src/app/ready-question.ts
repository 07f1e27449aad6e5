/** A question to the lake as it is offered. */
export interface ReadyQuestion {
  readonly id: string;
  readonly title: string;
  readonly means: string;
  readonly parameters: { readonly [name: string]: { readonly description: string; readonly default?: string | undefined } };
}
