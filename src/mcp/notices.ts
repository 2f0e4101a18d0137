import type { CallToolResult, InputRequiredResult } from '@modelcontextprotocol/server';

/**
 * The result with what is wrong with the settings said in text and structure alike, for as long as it is wrong: the
 * server serves in spite of it, and a person who looks at no log would not learn of it.
 */
export function withNotices(
  result: CallToolResult | InputRequiredResult,
  notices: readonly string[],
): CallToolResult | InputRequiredResult {
  const [part, ...more] = (result as CallToolResult).content ?? [];
  if (notices.length === 0 || part?.type !== 'text') return result;
  const { structuredContent, isError } = result as CallToolResult;
  // An error has two lines, the second of which is what to do.
  const said = isError ? ` Tell the user: ${notices.join(' ')}` : `\nSettings: ${notices.join(' ')}`;
  return {
    ...result,
    content: [{ ...part, text: `${part.text}${said}` }, ...more],
    ...(structuredContent !== undefined && { structuredContent: withWarnings(structuredContent, notices) }),
  } as CallToolResult;
}

const withWarnings = (data: unknown, notices: readonly string[]) => {
  const { warnings = [] } = data as { warnings?: readonly string[] };
  return { ...(data as object), warnings: [...warnings, ...notices] };
};
