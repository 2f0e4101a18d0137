import type { Plugin, PluginBuild } from 'esbuild';

/** Says that the plugin has replaced one more of something. */
export type Count = (what: string) => void;

/**
 * A plugin that replaces code, and knows how often: a build in which it replaced more or less fails. So a new version of
 * a library cannot slip past a pattern in silence; whoever takes it up looks at what changed and corrects the figures.
 */
export function counted(
  name: string,
  expected: Readonly<Record<string, number>>,
  setup: (build: PluginBuild, count: Count) => void,
): Plugin {
  return {
    name,
    setup(build) {
      const found: Record<string, number> = {};
      build.onStart(() => {
        for (const what of Object.keys(found)) delete found[what];
      });
      setup(build, (what) => {
        found[what] = (found[what] ?? 0) + 1;
      });
      build.onEnd(() => ({
        errors: [...new Set([...Object.keys(expected), ...Object.keys(found)])]
          .filter((what) => found[what] !== expected[what])
          .map((what) => ({
            text: `replaced ${found[what] ?? 0} ${what} where ${expected[what] ?? 0} were expected`,
            pluginName: name,
          })),
      }));
    },
  };
}
