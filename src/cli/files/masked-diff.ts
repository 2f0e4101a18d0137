import { structuredPatch } from 'diff';
import type { FileFormat } from './file-format.ts';

const CONTEXT = 2;

/** The lines that change between two texts of a file, as they stand and will stand, masked as `FileFormat.mask` has it. */
export function maskedDiff(
  format: FileFormat,
  before: string,
  after: string,
  visible: ReadonlySet<string>,
): string {
  const [old, fresh] = [before, after].map((text) => format.mask(text, visible).split('\n'));
  const { hunks } = structuredPatch('', '', before, after, '', '', { context: CONTEXT });
  return hunks
    .flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => {
      // A side without lines is counted from the line before it.
      let [at, to] = [oldLines === 0 ? oldStart : oldStart - 1, newLines === 0 ? newStart : newStart - 1];
      const shown = lines.map((line) => {
        const sign = line[0] ?? '';
        if (sign === '\\') return line;
        const text = sign === '+' ? fresh?.[to] : old?.[at];
        if (sign !== '+') at += 1;
        if (sign !== '-') to += 1;
        return `${sign}${text?.replace(/\r$/, '')}`;
      });
      return ['@@', ...shown];
    })
    .join('\n');
}
