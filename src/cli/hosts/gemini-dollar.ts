/**
 * Gemini CLI reads `$NAME` in a value twice, as it loads its settings and as it starts the program. A default of a
 * variable that nobody sets gives a `$` that survives the first reading, the backslash before it the second (tried with
 * 0.61.0).
 */
// biome-ignore lint/suspicious/noTemplateCurlyInString: for Gemini CLI to fill in.
const DOLLAR = '\\${SENT_UNSET:-$}';

export const geminiDollar = {
  write: (value: string): string => value.replaceAll('$', () => DOLLAR),
  read: (value: string): string => value.replaceAll(DOLLAR, () => '$'),
};
