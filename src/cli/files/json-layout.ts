/** How a JSON text is laid out, for new parts to look like the old ones. */
export type Layout = {
  /** The text's line end, `\n` where it has none. */
  eol: string;
  /** One step of indentation. */
  unit: string;
  /** True for a minified text: a value on a single line, other than an empty object. */
  oneLine: boolean;
  /** A value over several lines; `indent` is that of the line it starts on. */
  pretty: (value: unknown, indent: string) => string;
};

export function layoutOf(text: string): Layout {
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  const unit = /^[{[][ \t]*\r?\n(?:[ \t]*(?:\/\/.*)?\r?\n)*([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  const body = text.trim();
  return {
    eol,
    unit,
    oneLine: body !== '' && !body.includes('\n') && !/^\{\s*\}$/.test(body),
    pretty: (value, indent) => JSON.stringify(value, null, unit).replaceAll('\n', eol + indent),
  };
}

/** A value on one line, without any space where `tight`. Raw line ends come from the layout alone: JSON escapes its own. */
export const flat = (value: unknown, tight: boolean): string =>
  tight ? JSON.stringify(value) : JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');

/** The white space that the line of this offset starts with. */
export function indentAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? '';
}

type Token = { start: number; end: number; comma: boolean };

/** Commas and comments between two members of valid JSON, where nothing else but white space can be. */
export function tokensBetween(text: string, from: number, to: number): Token[] {
  const tokens = text.slice(from, to).matchAll(/,|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//g);
  return [...tokens].map((match) => {
    const start = from + match.index;
    return { start, end: start + match[0].length, comma: match[0] === ',' };
  });
}

/**
 * What still belongs to a member that ends at `from`: its comma's offset, if it has one, and where the comma and
 * the comments on the same line end.
 */
export function afterMember(
  text: string,
  from: number,
  to: number,
): { comma: number | undefined; end: number } {
  let comma: number | undefined;
  let end = from;
  for (const token of tokensBetween(text, from, to)) {
    if (token.comma) comma = token.start;
    else if (text.slice(end, token.start).includes('\n')) continue;
    end = token.end;
  }
  return { comma, end };
}
