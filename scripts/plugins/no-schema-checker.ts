import { counted } from './counted.ts';

/**
 * The schema checker that the SDK brings is 154 kB and checks one thing here: the person's answers, which
 * src/mcp/confirm/confirm.ts checks itself. This takes its place, and test/cli/executable.test.ts sends it wrong answers.
 */
export const noSchemaChecker = counted(
  'no-schema-checker',
  { modules: 1 },
  ({ onResolve, onLoad }, count) => {
    const namespace = 'no-schema-checker';
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, () => ({ path: 'shims', namespace }));
    onLoad({ filter: /.*/, namespace }, () => {
      count('modules');
      return {
        contents: `
        export { default as process } from 'node:process';
        export class DefaultJsonSchemaValidator {
          getValidator() { return (data) => ({ valid: true, data, errorMessage: undefined }); }
        }`,
      };
    });
  },
);
