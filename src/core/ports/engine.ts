/** A decision engine as it was built: from the canonical bytes of finding, context and tolerance to those of the decision. */
export type Engine = (finding: string, context: string, tolerance: string) => string;

/** Loads a bundle into a realm of its own that has no clock, no randomness and no I/O. */
export interface EngineLoader {
  load(bundle: string): Engine;
  /** The bundle's other entry: from the canonical bytes of a recommendation's argument to its own. Null in bundles of before. */
  recommends(bundle: string): ((given: string) => string) | null;
}
