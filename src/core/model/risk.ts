/** What is lost when it comes to pass. */
export const losses = ['disclosure', 'destruction', 'takeover', 'blindness', 'misuse'] as const;
export type Loss = (typeof losses)[number];

/** What is done about a finding: nothing yet, a person is asked or it is under way, tolerance accepts it, or automation has contained it. */
export const treatments = ['open', 'waiting', 'accepted', 'mitigated'] as const;
export type Treatment = (typeof treatments)[number];
