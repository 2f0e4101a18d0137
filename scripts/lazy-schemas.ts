import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import ts from 'typescript';

/** Where schemas are made as the module is loaded: the SDK's, of every message of every protocol version, and the API's. */
const MODULES =
  /@modelcontextprotocol[\\/](core[\\/]dist[\\/](schemas|auth)|server[\\/]dist[\\/]src)-[\w-]+\.mjs$|[\\/]src[\\/]sent[\\/](wire|client)\.ts$/;
const TOOLS = /[\\/]src[\\/]mcp[\\/]tools[\\/][\w-]+\.ts$/;
/** `input: z.…,` and `output: z.…,` of a tool, as Biome lays them out. */
const PROMISED = /^( {2})(input|output): (z\.[\s\S]*?),(?=\n {2}\w)/gm;
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
    getPrototypeOf: () => Reflect.getPrototypeOf(real()),
  });
};`;

/**
 * Makes each schema when it is first used, and drops those that nothing uses. Without it they are the greatest part of
 * what runs before the first answer (bench/start.ts).
 */
export const lazySchemas: Plugin = {
  name: 'lazy-schemas',
  setup({ onLoad }) {
    onLoad({ filter: MODULES }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      let contents = '';
      let copied = 0;
      for (const { start, end } of schemasMadeIn(ts.createSourceFile(path, text, ts.ScriptTarget.Latest))) {
        contents += `${text.slice(copied, start)}/* @__PURE__ */ lazy(() => ${text.slice(start, end)})`;
        copied = end;
      }
      const loader = path.endsWith('.ts') ? 'ts' : 'js';
      return { contents: `${LAZY}${contents}${text.slice(copied)}`, loader };
    });
    onLoad({ filter: TOOLS }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(PROMISED, '$1get $2() { return $3; },'),
      loader: 'ts',
    }));
  },
};

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
