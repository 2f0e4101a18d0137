/** Most that an answer may hold, unpacked: a page of 100 contacts has about 60 kB. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** An answer of more than that, which is not read further. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
  readonly status: number;
  constructor(status: number) {
    super('The answer is too large.');
    this.status = status;
  }
}

/**
 * The text of an answer, read up to 32 MB unpacked: a small packed answer may unfold to any size.
 * @throws TooLarge beyond that; the connection is then given up.
 */
export async function readBody(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > MAX_BODY_BYTES) {
      void reader.cancel().catch(() => {});
      throw new TooLarge(response.status);
    }
    chunks.push(part.value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return new TextDecoder().decode(bytes);
}
