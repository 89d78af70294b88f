/** One passage of the corpus. */
export interface Passage {
  /** Unique within the corpus. */
  readonly id: string;
  /** May be empty for a corpus without titles. */
  readonly title: string;
  readonly text: string;
}
