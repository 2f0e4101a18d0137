import { MASK } from './file-format.ts';

/** What valid JSON with comments has beside marks, `true`, `false` and `null`. */
const TOKEN = /"(?:[^"\\\n]|\\.)*"|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|-?\d[\d.eE+-]*/g;
const COLON_NEXT = /^(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*:/;

/** JSON with comments, as `FileFormat.mask` has it: names of members stay, their values do not. */
export const maskJson = (text: string, visible: ReadonlySet<string>): string =>
  text.replace(TOKEN, (token, at: number) => {
    if (token.startsWith('//')) return `//${MASK}`;
    if (token.startsWith('/*')) return `/*${token.slice(2, -2).replace(/[^\r\n]+/g, MASK)}*/`;
    if (!token.startsWith('"')) return MASK;
    const stays = COLON_NEXT.test(text.slice(at + token.length)) || visible.has(JSON.parse(token));
    return stays ? token : `"${MASK}"`;
  });
