/** The edge of this room: the only place that catches. What is thrown below becomes an answer here. */
export async function catchErrors<T>(work: () => Promise<T> | T, failed: (thrown: unknown) => T): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    return failed(thrown);
  }
}
