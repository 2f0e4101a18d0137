/** Who waits for an answer, and how to reach them while they wait. */
export type Caller = {
  signal: AbortSignal;
  /** Says how far the work is; dropped where nobody listens. */
  progress(done: number, total: number | undefined, message: string): void;
  /**
   * Asks the person before an act that cannot be taken back; returns when it may go on.
   * @throws AppError `cancelled` where they decline, `forbidden` where they must be asked and cannot be.
   */
  confirm(question: string): Promise<void>;
};
