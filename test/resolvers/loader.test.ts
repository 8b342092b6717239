import { describe, expect, it } from 'vitest';
import { createLoader } from '../../src/resolvers/loader.ts';

function startLoader(fetch = async (keys: readonly number[]) => keys.map((key) => `object ${key}`)) {
  const fetched: (readonly number[])[] = [];
  const loader = createLoader<number, string>((keys) => {
    fetched.push(keys);
    return fetch(keys);
  });
  return { loader, fetched };
}

describe('a loader', () => {
  it('fetches an object twice, or those of one turn one by one', async () => {
    const { loader, fetched } = startLoader();
    expect(await Promise.all([loader.load(1), loader.load(2), loader.load(1)])).toEqual([
      'object 1',
      'object 2',
      'object 1',
    ]);
    expect(fetched).toEqual([[1, 2]]);
  });

  it('makes whoever asks wait for what is there', async () => {
    const { loader } = startLoader();
    const first = loader.load(1);
    expect(first).toBeInstanceOf(Promise);
    await first;
    expect(loader.load(1)).toBe('object 1');
  });

  it('fetches what is expected where nobody asks for anything', async () => {
    const { loader, fetched } = startLoader();
    loader.expect(() => {
      throw new Error('nobody asked');
    });
    await Promise.resolve();
    expect(fetched).toEqual([]);
  });

  it('fetches what is expected by itself, or once more', async () => {
    const { loader, fetched } = startLoader();
    loader.expect(() => [2, 3, 2, 1]);
    await loader.load(1);
    expect(fetched).toEqual([[1, 2, 3]]);
    expect([loader.load(2), loader.load(3)]).toEqual(['object 2', 'object 3']);
    expect(fetched).toHaveLength(1);
  });

  it('takes keys that are equal objects for two', async () => {
    const fetched: unknown[] = [];
    const loader = createLoader<{ at: number }, number>(
      async (keys) => {
        fetched.push(keys);
        return keys.map(({ at }) => at);
      },
      ({ at }) => String(at),
    );
    expect(await Promise.all([loader.load({ at: 1 }), loader.load({ at: 1 })])).toEqual([1, 1]);
    expect(fetched).toEqual([[{ at: 1 }]]);
  });

  it('fails where nobody hears it, when what was expected cannot be fetched', async () => {
    const unheard: unknown[] = [];
    const hear = (error: unknown) => unheard.push(error);
    process.on('unhandledRejection', hear);
    try {
      const { loader } = startLoader(async () => {
        throw new Error('the disk is gone');
      });
      loader.expect(() => [2]);
      await expect(loader.load(1)).rejects.toThrow('the disk is gone');
      await new Promise((resolve) => setImmediate(resolve));
      await expect(loader.load(2)).rejects.toThrow('the disk is gone');
      expect(unheard).toEqual([]);
    } finally {
      process.off('unhandledRejection', hear);
    }
  });
});
