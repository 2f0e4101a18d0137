/** Why a host's configuration file was left untouched: a sentence without the file's name or content. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
  /** Where in the file, both counted from 1; undefined when the whole file is meant. */
  readonly position: { line: number; column: number } | undefined;

  constructor(sentence: string, position?: { line: number; column: number }) {
    super(sentence);
    this.position = position;
  }
}

/** What a file must look like to be edited: the collections that it may lack but not hold as anything else. */
export type Collections = Readonly<Record<string, 'object' | 'array'>>;

/** A configuration file's data: always an object at the top. */
export type ConfigData = Record<string, unknown>;

/** One change to make: the value that `path` shall hold, or undefined where it shall be gone. */
export type Change = { path: readonly (string | number)[]; value: unknown };

/** A way to read and edit one kind of file; `text` never starts with a byte order mark. */
export type FileFormat = {
  /** @throws FileProblem where the text does not parse or departs from `collections`. */
  read: (text: string, collections: Collections) => ConfigData;
  /**
   * The text with the changes made and every other byte kept: comments, order, indentation, line ends.
   * @throws FileProblem where that cannot be done.
   */
  edit: (text: string, changes: readonly Change[]) => string;
  /**
   * The text for showing, line by line as it stands: comments, and every value but booleans and the `visible` strings,
   * are dots, since a file may hold the secrets of others.
   */
  mask: (text: string, visible: ReadonlySet<string>) => string;
};

/** What stands for a value that is not shown. */
export const MASK = '••••';

/** True for a plain object, such as a JSON object or a TOML table; false for arrays and dates. */
export const isObject = (value: unknown): value is ConfigData =>
  Object.prototype.toString.call(value) === '[object Object]';

/** Line and column, both from 1, of an offset in a text. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
