/** How far a long command is. `total` is null while nobody knows. */
export type OnProgress = (progress: { readonly done: number; readonly total: number | null; readonly doing: string }) => void;
