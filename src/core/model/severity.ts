/** OCSF `severity_id` values: https://schema.ocsf.io/ (Informational 1 to Critical 5). */
export const severityIds = { Informational: 1, Low: 2, Medium: 3, High: 4, Critical: 5 } as const;

export type Severity = keyof typeof severityIds;

/** The largest severity first. */
export const severities = ['Critical', 'High', 'Medium', 'Low', 'Informational'] as const satisfies readonly Severity[];
