/** Boxes of one picture that may all be of the same few objects. */
export interface Candidates {
  /** [N, 4] */
  readonly xyxy: readonly number[];
  readonly labels: readonly number[];
  readonly scores: readonly number[];
}

/** One that stays, and its score, which may be another. */
export interface Kept {
  readonly index: number;
  readonly score: number;
}

/** Which of the candidates stay, class by class: the best `limit` of all, best first. */
export type Suppression = (candidates: Candidates, limits: { readonly threshold: number; readonly limit: number }) => readonly Kept[];
