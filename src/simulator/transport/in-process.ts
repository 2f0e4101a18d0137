import type { Transport } from './transport.ts';

/** A `fetch` that ends as undici's would: `TypeError: fetch failed` for a lost connection, a broken stream for a cut body. */
export function fetchOver(transport: Transport): typeof globalThis.fetch {
  return async (input, init) => {
    const outcome = await transport(new Request(input, init));
    if (outcome.end === 'answer') return outcome.response;
    if (outcome.end === 'lost')
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }),
      });
    return halfOf(outcome.response);
  };
}

async function halfOf(response: Response): Promise<Response> {
  const whole = new Uint8Array(await response.arrayBuffer());
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent)
        controller.error(
          new TypeError('terminated', {
            cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }),
          }),
        );
      else controller.enqueue(whole.subarray(0, whole.length >> 1));
      sent = true;
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}
