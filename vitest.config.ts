import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const { resolve } = createRequire(import.meta.url);

export default defineConfig({
  // The file that Node itself loads: two copies of graphql in one process do not know each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: resolve('graphql') }] },
  test: {
    include: ['test/**/*.test.ts'],
    // Importing takes a quarter of the time of a file in a process of its own: files share processes, so nothing at the top of a
    // module may change while tests run. Most tests wait, hence more processes than cores.
    isolate: false,
    maxWorkers: '200%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
