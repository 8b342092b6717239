import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Which layer may import which, itself aside. `App` in `resolvers/app.ts` is a type alone, so that nothing imports upwards
 * through it. Files directly in `src` that are not commands are leaves that everybody may use.
 */
const allowed: Record<string, readonly string[]> = {
  schema: ['resolvers', 'leaf'],
  rest: ['resolvers', 'http', 'leaf'],
  http: ['resolvers', 'leaf'],
  resolvers: ['drivers', 'db', 'media-store', 'leaf'],
  drivers: ['leaf'],
  db: ['leaf'],
  'media-store': ['leaf'],
  simulator: [],
  leaf: [],
  command: ['schema', 'rest', 'http', 'resolvers', 'drivers', 'db', 'media-store', 'simulator', 'leaf'],
};
const commands = ['src/main.ts', 'src/demo.ts', 'src/app.ts', 'src/stop-on-signals.ts'];
/** Words of what a layer must not know. */
const forbidden: Record<string, RegExp> = {
  resolvers: /^(graphql|@pothos|graphql-yoga|fastify|node:http)/,
  db: /^(graphql|@pothos|fastify|undici|node:http)/,
  drivers: /^(graphql|@pothos|kysely|better-sqlite3|fastify)/,
  'media-store': /^(graphql|@pothos|kysely|better-sqlite3|fastify|undici|node:http)/,
  schema: /^(kysely|better-sqlite3|fastify|undici)/,
  simulator: /^(graphql|@pothos|kysely|better-sqlite3|fastify|undici)/,
};

const files = globSync('src/**/*.ts').map((file) => file.replaceAll('\\', '/'));

describe('imports', () => {
  it('go only in the directions of the design', () => {
    expect(files.flatMap((file) => wrongImports(file, readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('are caught when they go the wrong way, type imports too', () => {
    expect(wrongImports('src/db/store.ts', "import type { Driver } from '../drivers/driver.ts';")).toHaveLength(1);
    expect(wrongImports('src/resolvers/app.ts', "import { x } from '../schema/builder.ts';")).toHaveLength(1);
    expect(wrongImports('src/resolvers/app.ts', "import { GraphQLError } from 'graphql';")).toHaveLength(1);
    expect(
      wrongImports('src/schema/account.ts', "import { openSqliteStore } from '../db/sqlite/open.ts';"),
    ).toHaveLength(1);
    expect(wrongImports('src/drivers/driver.ts', "import '../simulator/world.ts';")).toHaveLength(1);
    expect(wrongImports('src/db/store.ts', "import type { Millis } from '../words.ts';")).toHaveLength(0);
  });
});

function wrongImports(file: string, text: string): string[] {
  const from = layerOf(file);
  return [...text.matchAll(/(?:from|import)\s+'([^']+)'/g)].flatMap(([, name]) => {
    if (!name!.startsWith('.')) return forbidden[from]?.test(name!) ? [`${file} uses ${name}`] : [];
    const target = normalize(join(dirname(file), name!)).replaceAll('\\', '/');
    const to = layerOf(target);
    if (to === from || allowed[from]!.includes(to)) return [];
    return [`${file} imports ${target}`];
  });
}

function layerOf(file: string): string {
  if (commands.includes(file)) return 'command';
  const [, folder, inside] = file.split('/');
  return inside === undefined ? 'leaf' : folder!;
}
