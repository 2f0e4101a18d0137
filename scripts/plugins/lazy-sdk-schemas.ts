import { readFile } from 'node:fs/promises';
import ts from 'typescript';
import { counted } from './counted.ts';

/** Where the SDK makes schemas as it is loaded: those of every message of every protocol version. */
const MODULES =
  /@modelcontextprotocol[\\/](core[\\/]dist[\\/](schemas|auth)|server[\\/]dist[\\/]src)-[\w-]+\.mjs$/;
const SCHEMA = /\bz\.|Schema\b/;

/** Stands for a value that is made when something is first asked of it. */
const LAZY = `
const lazy = (make) => {
  let made;
  const real = () => made ??= make();
  return new Proxy({}, {
    get(_, name) {
      const value = Reflect.get(real(), name);
      return typeof value === 'function' ? value.bind(made) : value;
    },
    set: (_, name, value) => Reflect.set(real(), name, value),
    has: (_, name) => Reflect.has(real(), name),
    ownKeys: () => Reflect.ownKeys(real()),
    getOwnPropertyDescriptor(_, name) {
      const property = Reflect.getOwnPropertyDescriptor(real(), name);
      return property && { ...property, configurable: true };
    },
    getPrototypeOf: () => Reflect.getPrototypeOf(real()),
  });
};`;

/**
 * Makes each schema of the SDK when it is first used, and drops those that nothing uses. Made as the module is loaded
 * they are a fifth of all that runs before the first answer (docs/start.md). Our own source is left as it is.
 */
export const lazySdkSchemas = counted(
  'lazy-sdk-schemas',
  { modules: 3, schemas: 464 },
  ({ onLoad }, count) => {
    onLoad({ filter: MODULES }, async ({ path }) => {
      count('modules');
      const text = await readFile(path, 'utf8');
      let contents = '';
      let copied = 0;
      for (const { start, end } of schemasMadeIn(ts.createSourceFile(path, text, ts.ScriptTarget.Latest))) {
        count('schemas');
        contents += `${text.slice(copied, start)}/* @__PURE__ */ lazy(() => ${text.slice(start, end)})`;
        copied = end;
      }
      return { contents: `${LAZY}${contents}${text.slice(copied)}`, loader: 'js' };
    });
  },
);

/**
 * The calls that make a constant and have to do with schemas, of the module itself and of the functions that make all
 * schemas of a protocol version (`build`); of calls in calls the outer one.
 */
function schemasMadeIn(source: ts.SourceFile): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  const visit = (node: ts.Node): void => {
    const call = ts.isCallExpression(node) || ts.isNewExpression(node);
    if (call && SCHEMA.test(node.getText(source)))
      found.push({ start: node.getStart(source), end: node.end });
    else if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
  };
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement)) visit(statement);
    if (!ts.isFunctionDeclaration(statement) || !/^build(\$\d)?$/.test(statement.name?.text ?? '')) continue;
    for (const inner of statement.body?.statements ?? []) if (ts.isVariableStatement(inner)) visit(inner);
  }
  return found;
}
