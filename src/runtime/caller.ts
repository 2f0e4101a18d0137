/** Who waits for an answer, and how to reach them while they wait. */
export type Caller = {
  signal: AbortSignal;
  /** Says how far the work is; dropped where nobody listens. */
  progress(done: number, total: number | undefined, message: string): void;
  /** Whether `confirm` can do its work: the person can be asked through the client, or is not to be asked at all. */
  canAsk: boolean;
  /**
   * Asks the person before an act that cannot be taken back; returns when it may go on.
   * @param about the plan that a yes holds for; `always`: asked whatever the settings say.
   * @throws AppError `cancelled` where they decline, `forbidden` where they must be asked and cannot be.
   */
  confirm(question: string, about?: { plan?: string; always?: boolean }): Promise<void>;
};
