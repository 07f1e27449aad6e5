import attack from './attack-v19.json' with { type: 'json' };

/** A technique or sub-technique of MITRE ATT&CK; the name of a sub-technique begins with its technique's (`A: B`). */
export interface Technique {
  readonly name: string;
  /** Tactics in Sigma's spelling (`persistence`). */
  readonly tactics: readonly string[];
}

/** Facts of MITRE ATT&CK (https://attack.mitre.org/), as far as our rules use them; kept by ourselves. */
export const attackVersion: string = attack.version;
export const techniques: ReadonlyMap<string, Technique> = new Map(Object.entries(attack.techniques));
/** By Sigma's spelling. */
export const tactics: ReadonlyMap<string, { readonly id: string; readonly name: string }> = new Map(Object.entries(attack.tactics));
