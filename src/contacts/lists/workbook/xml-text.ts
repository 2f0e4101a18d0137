/** The few things of XML that sheets need; a whole parser would be larger than all of the list reader. */

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export const unescapeXml = (text: string): string =>
  text.includes('&')
    ? text.replace(
        /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi,
        (all, hex?: string, decimal?: string, name?: string) => {
          if (name !== undefined) return ENTITIES[name] ?? all;
          const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
          return code <= 0x10ffff ? String.fromCodePoint(code) : '';
        },
      )
    : text;

export const attribute = (tag: string, name: string): string | undefined => {
  const found = new RegExp(`[\\s]${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return found ? unescapeXml(found[1] ?? found[2] ?? '') : undefined;
};

/** One element: its opening tag, and what is inside; undefined inside for `<x/>`. */
export type Element = { tag: string; inside: string };

/**
 * The elements of a name, one after the other; for names that are never inside themselves.
 * @param name with its prefix, such as `table:table-row`.
 */
export function* elements(xml: string, name: string): Generator<Element> {
  const close = `</${name}>`;
  for (let at = xml.indexOf(`<${name}`); at >= 0; at = xml.indexOf(`<${name}`, at)) {
    const after = xml[at + name.length + 1] ?? '';
    const end = xml.indexOf('>', at);
    if (end < 0) return;
    if (!/[\s/>]/.test(after)) {
      at = end;
      continue;
    }
    const tag = xml.slice(at, end);
    if (tag.endsWith('/')) {
      yield { tag, inside: '' };
      at = end;
      continue;
    }
    const closing = xml.indexOf(close, end);
    if (closing < 0) return;
    yield { tag, inside: xml.slice(end + 1, closing) };
    at = closing + close.length;
  }
}
