/** What may go wrong on the way to the API and back, on demand. */

export type FaultKind =
  /** This status; without acting unless `acts`. A body only with `code`, which makes it a proper envelope. */
  | {
      status: number;
      code?: string;
      headers?: Record<string, string> /** seconds */;
      retryAfter?: number;
      acts?: boolean;
    }
  /** The API takes this much longer, then acts. */
  | { delayMs: number }
  /** The connection drops before the API acted, or after. */
  | 'lost-before'
  | 'lost-after'
  /** Acts; the answer's body breaks off half-way. */
  | 'cut-body'
  /** A page of HTML, 502 unless given; the API did not act. */
  | 'html'
  | { html: number }
  /** Acts; the answer has its usual status and no body. */
  | 'empty'
  /** No answer ever, without and with acting. */
  | 'hang'
  | 'hang-after';

export type Fault = {
  /** Any method and any path where absent; the path is tested as it came, encoded, without the query. */
  method?: string;
  path?: RegExp;
  /** How many matching requests pass first (default 0), and how many then fail (default all). */
  after?: number;
  times?: number;
  kind: FaultKind;
};

export type Faults = {
  add(fault: Fault): void;
  clear(): void;
  /** What happens to this request; each matching fault counts it, and the first that is due decides. */
  take(method: string, path: string): FaultKind | undefined;
};

export function createFaults(): Faults {
  let entries: { fault: Fault; seen: number; used: number }[] = [];
  return {
    add(fault) {
      entries.push({ fault, seen: 0, used: 0 });
    },
    clear() {
      entries = [];
    },
    take(method, path) {
      let chosen: FaultKind | undefined;
      for (const entry of entries) {
        const { fault } = entry;
        if ((fault.method ?? method).toUpperCase() !== method) continue;
        if (fault.path && path.search(fault.path) < 0) continue;
        const due =
          ++entry.seen > (fault.after ?? 0) && entry.used < (fault.times ?? Number.POSITIVE_INFINITY);
        if (!due || chosen) continue;
        entry.used++;
        chosen = fault.kind;
      }
      return chosen;
    },
  };
}
