const WIDTH = 30;
const AT_MOST_EVERY_MS = 100;

/** A bar on a terminal, with the time that is left at the pace so far; nothing where there is no terminal. */
export function createProgress(
  total: number,
  out: { write(text: string): unknown; isTTY?: boolean },
  now: () => number,
): { show(done: number): void; end(): void } {
  const startedAt = now();
  let first: number | undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show(done) {
      first ??= done;
      const at = now();
      if (!out.isTTY || total === 0 || (done < total && at - shownAt < AT_MOST_EVERY_MS)) return;
      shownAt = at;
      const filled = Math.floor((done / total) * WIDTH);
      const bar = `${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}`;
      const made = done - first;
      const leftMs = made > 0 ? ((at - startedAt) / made) * (total - done) : undefined;
      out.write(
        `\r[${bar}] ${done} of ${total}${leftMs === undefined ? '' : `, ${span(leftMs)} left`}\u001b[K`,
      );
    },
    end() {
      if (out.isTTY && total > 0) out.write('\n');
    },
  };
}

const span = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`;
};
