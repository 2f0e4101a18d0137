import { isDeepStrictEqual } from 'node:util';
import {
  applyEdits,
  type Edit,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { type Change, type FileFormat, FileProblem, isObject, positionAt } from './file-format.ts';
import { afterMember, flat, indentAt, layoutOf, tokensBetween } from './json-layout.ts';
import { maskJson } from './mask-json.ts';

/**
 * JSON as editors write it, comments and trailing commas included. The parsing is jsonc-parser's; the edits are
 * made here, since its `modify` moves a neighbour's comment to the new member (its issue 125), drops comments on
 * removal and reformats lines that it touches.
 */
export const jsonFormat: FileFormat = {
  read: (text, collections) => {
    const root = parse(text);
    if (root === undefined) return {};
    for (const [name, kind] of [['', 'object'] as const, ...Object.entries(collections)]) {
      const node = name === '' ? root : childAt(root, name);
      if (node === undefined || node.type === kind) continue;
      const subject = name === '' ? 'the top level' : `"${name}"`;
      throw new FileProblem(`${subject} is not an ${kind}`, positionAt(text, node.offset));
    }
    return plainValue(root);
  },
  edit: (text, changes) => {
    const edited = changes.reduce(change, text);
    parse(edited);
    return edited;
  },
  mask: maskJson,
};

/** The tree, or undefined for a text without any value (empty, or comments alone). */
function parse(text: string): Node | undefined {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const first = errors[0];
  if (first === undefined) return root;
  const words = printParseErrorCode(first.error).replace(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  throw new FileProblem(`it is not valid JSON: ${words.toLowerCase()}`, positionAt(text, first.offset));
}

/** The value under a key or index; of a key given twice the last, as every JSON reader has it. */
function childAt(node: Node, key: string | number): Node | undefined {
  if (typeof key === 'number') return node.type === 'array' ? node.children?.[key] : undefined;
  if (node.type !== 'object') return undefined;
  return node.children?.findLast((member) => member.children?.[0]?.value === key)?.children?.[1];
}

/** With ordinary objects: the library's have no prototype, which a strict comparison would tell apart. */
const plainValue = (node: Node) => structuredClone(getNodeValue(node));

function change(text: string, { path, value }: Change): string {
  const root = parse(text);
  if (root === undefined) return value === undefined ? text : createRoot(text, nest(path, value));
  let node = root;
  for (const [depth, key] of path.entries()) {
    const child = childAt(node, key);
    if (child === undefined) {
      return value === undefined ? text : insert(text, node, key, nest(path.slice(depth + 1), value));
    }
    node = child;
  }
  if (value === undefined) return change(remove(text, node), { path, value });
  const present = plainValue(node);
  if (isDeepStrictEqual(present, value)) return text;
  if (!isObject(present) || !isObject(value)) return replace(text, node, value);
  const gone = Object.keys(present).filter((key) => !(key in value));
  const steps = [...gone.map((key) => [key, undefined] as const), ...Object.entries(value)];
  return steps.reduce((edited, [key, part]) => change(edited, { path: [...path, key], value: part }), text);
}

const nest = (path: Change['path'], value: unknown): unknown =>
  path.reduceRight((inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }), value);

const endOf = (node: Node): number => node.offset + node.length;

function createRoot(text: string, value: unknown): string {
  const { eol, pretty } = layoutOf(text);
  const start = text === '' || /\n\s*$/.test(text) ? text : text + eol;
  return `${start.trim() === '' ? '' : start}${pretty(value, '')}${eol}`;
}

function replace(text: string, node: Node, value: unknown): string {
  const { pretty, oneLine } = layoutOf(text);
  const content = oneLine ? JSON.stringify(value) : pretty(value, indentAt(text, node.offset));
  return applyEdits(text, [{ offset: node.offset, length: node.length, content }]);
}

/** Adds a member after the last one; the new one follows the style of the container: lines, commas, indentation. */
function insert(text: string, container: Node, key: string | number, value: unknown): string {
  const { eol, unit, oneLine, pretty } = layoutOf(text);
  const name = typeof key === 'string' ? `${JSON.stringify(key)}:${oneLine ? '' : ' '}` : '';
  const open = container.offset + 1;
  const close = endOf(container) - 1;
  const last = container.children?.at(-1);
  if (last === undefined) {
    const offset = tokensBetween(text, open, close).at(-1)?.end ?? open;
    const outer = indentAt(text, container.offset);
    const content = oneLine
      ? name + JSON.stringify(value)
      : `${eol}${outer}${unit}${name}${pretty(value, outer + unit)}${eol}${outer}`;
    return applyEdits(text, [{ offset, length: close - offset, content }]);
  }
  const spread = text.slice(open, close).includes('\n');
  const indent = indentAt(text, last.offset);
  const separator = spread ? eol + indent : oneLine ? '' : ' ';
  const member = separator + name + (spread ? pretty(value, indent) : flat(value, oneLine));
  const { comma, end } = afterMember(text, endOf(last), close);
  const content = comma === undefined ? member : `${member},`;
  const edits: Edit[] = [{ offset: end, length: 0, content }];
  if (comma === undefined) edits.unshift({ offset: endOf(last), length: 0, content: ',' });
  return applyEdits(text, edits);
}

/** Takes a value out with its key, its comma and a comment behind it on its line; comments above stay. */
function remove(text: string, value: Node): string {
  const member = value.parent?.type === 'property' ? value.parent : value;
  const container = member.parent;
  if (container === undefined) throw new FileProblem('the top level cannot be removed');
  const members = container.children ?? [];
  const index = members.indexOf(member);
  const previous = members[index - 1];
  const next = members[index + 1];
  const open = container.offset + 1;
  const close = endOf(container) - 1;

  const before = tokensBetween(text, previous === undefined ? open : endOf(previous), member.offset);
  const after = afterMember(text, endOf(member), next?.offset ?? close);
  const lineStart = before.at(-1)?.end ?? (previous === undefined ? open : endOf(previous));
  const startsLine = text.slice(lineStart, member.offset).includes('\n');
  const ownLines = startsLine && /^[ \t]*\r?(\n|$)/.test(text.slice(after.end));
  const memberEnd = after.comma === undefined ? endOf(member) : after.comma + 1;
  // A line comment before must keep its line end.
  const behindRemark = text.startsWith('//', before.at(-1)?.start ?? member.offset);
  let start = ownLines || (next === undefined && !behindRemark) ? lineStart : member.offset;
  let stop = ownLines ? after.end : memberEnd;
  if (!ownLines && next !== undefined) stop += /^[ \t]*/.exec(text.slice(stop))?.[0].length ?? 0;
  if (members.length === 1 && (text.slice(open, start) + text.slice(stop, close)).trim() === '') {
    start = open;
    stop = close;
  }
  const edits: Edit[] = [{ offset: start, length: stop - start, content: '' }];
  const comma = before.find((token) => token.comma);
  // The last member of a list without a trailing comma: the comma before it has nothing to part any more.
  if (next === undefined && after.comma === undefined && comma !== undefined) {
    edits.unshift({ offset: comma.start, length: 1, content: '' });
  }
  return applyEdits(text, edits);
}
